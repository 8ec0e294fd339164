"""Reads JSON objects from a file, plain or compressed, one object at a time and never more than a bounded amount."""

from __future__ import annotations

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
MAX_LINE = 20_000_000
"""Bytes of one record; the largest of the portal has 0.6 million."""


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
        return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=False))
    if path.suffix.lower() in (".gz", ".zst", ".zstd"):
        raise SourceFileError(path, "not a compressed file in spite of its name; fetch it again or take the ending off")
    return file


def _objects(path: Path, lines: _Bounded) -> Iterator[tuple[int, dict[str, Any] | Exception]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if number == 1 and line.lstrip()[:1] in (b"[", b"{") and not line.rstrip().endswith(b"}"):
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
        raise SourceFileError(path, f"not JSON: {error}") from error
    for position, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield position, item if isinstance(item, dict) else ValueError("not an object")


class _Bounded:
    """Lines of a stream, with a bound on the length of a line and on the whole."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path, self._read = io.BufferedReader(cast(io.RawIOBase, stream), 1 << 20), path, 0

    def __iter__(self) -> Iterator[bytes]:
        while line := self._stream.readline(MAX_LINE):
            self._read += len(line)
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                raise SourceFileError(self._path, f"a line of more than {MAX_LINE:,} bytes; this is no file of records")
            if self._read > MAX_UNPACKED:
                raise SourceFileError(self._path, f"unpacks to more than {MAX_UNPACKED:,} bytes; refused as unsafe")
            yield line
