"""Reads JSON objects from a file, plain or compressed, one object at a time and never more than a bounded amount."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import zstandard

from corpus.errors import SourceFileError

MAX_UNPACKED = 1_500_000_000
"""Bytes a file may unpack to: twenty times the whole portal (78 million); more is a bomb."""
MAX_DOCUMENT = 200_000_000
"""Bytes of a file that is one list or object, which has to be held whole: its values take twenty times that memory."""
MAX_LINE = 20_000_000
"""Bytes of one record; the largest of the portal has 0.6 million."""
_CHUNK = 1 << 10
"""Compressed bytes taken at a time: zstd makes up to 128 kB of four, so a larger piece could unpack to gigabytes."""


def read_json_records(path: Path) -> Iterator[tuple[int, dict[str, Any] | Exception]]:
    """(line or position, object) of a file that holds one object a line, one list, or one object.

    A line that is no JSON object comes as the error, so that the caller can report it and go on. Raises
    `SourceFileError` where the file itself is damaged, cut off or too large; what came before stands.
    """
    try:
        with path.open("rb") as file, _unpacked(path, file) as stream:
            yield from _objects(path, _Bounded(stream, path))
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise SourceFileError(
            path, f"damaged or cut off ({error}); fetch the file again. The records before the damage were read"
        ) from error


def _unpacked(path: Path, file: BinaryIO) -> BinaryIO:
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"\x1f\x8b":
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if start == b"\x28\xb5\x2f\xfd":
        return cast(BinaryIO, io.BufferedReader(_ZstdFrames(file), 1 << 20))
    if path.suffix.lower() in (".gz", ".zst", ".zstd"):
        raise SourceFileError(path, "not a compressed file in spite of its name; fetch it again or take the ending off")
    return file


def _objects(path: Path, lines: _Bounded) -> Iterator[tuple[int, dict[str, Any] | Exception]]:
    for number, line in enumerate(lines, 1):
        line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if not line.strip():
            continue
        if number == 1 and line.lstrip()[:1] in (b"[", b"{") and not line.rstrip().endswith(b"}"):
            lines.limit = MAX_DOCUMENT
            yield from _document(path, line + b"".join(lines))
            return
        yield number, _object(line)


def _object(line: bytes) -> dict[str, Any] | Exception:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return error
    return value if isinstance(value, dict) else ValueError("not an object")


def _document(path: Path, text: bytes) -> Iterator[tuple[int, dict[str, Any] | Exception]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield from _lines_after_all(path, text, error)
        return
    for position, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield position, item if isinstance(item, dict) else ValueError("not an object")


def _lines_after_all(
    path: Path, text: bytes, error: Exception
) -> Iterator[tuple[int, dict[str, Any] | Exception]]:
    """The lines of a file that looked like one object because its first line is cut off."""
    found = [(n, _object(line)) for n, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    if not text.lstrip().startswith(b"{") or not any(isinstance(value, dict) for _, value in found):
        raise SourceFileError(path, f"not JSON: {error}") from error
    yield from found


class _ZstdFrames(io.RawIOBase):
    """Unpacks zstd frames one after another, and minds a last frame that is cut off: the library's reader does not."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._packed, self._ready = file, b"", memoryview(b"")
        self._frame: Any = None  # the frame under way: a decompression object, which the library does not type

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            packed = self._packed or self._file.read(_CHUNK)
            if not packed and self._frame:
                raise EOFError("the end is missing")
            if not packed:
                return 0
            frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._ready = memoryview(frame.decompress(packed))
            self._packed = frame.unused_data if frame.eof else b""
            self._frame = None if frame.eof else frame
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


class _Bounded:
    """Lines of a stream, with a bound on the length of a line and on the whole."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path, self._read, self.limit = stream, path, 0, MAX_UNPACKED

    def __iter__(self) -> Iterator[bytes]:
        while line := self._stream.readline(MAX_LINE):
            self._read += len(line)
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                raise SourceFileError(self._path, f"a line of more than {MAX_LINE:,} bytes; this is no file of records")
            if self._read > self.limit:
                raise SourceFileError(self._path, f"unpacks to more than {self.limit:,} bytes; refused as unsafe")
            yield line
