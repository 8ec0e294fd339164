"""The store of imported records: one compressed file under the home folder, replaced whole and atomically.

What is imported is a draft; residents see it once a snapshot of it is published (`snapshot`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import zstandard
from pydantic import BaseModel, ValidationError

from corpus.errors import CorpusError
from corpus.faq import Faq
from corpus.record import Procedure

Model = TypeVar("Model", bound=BaseModel)


class DraftStore:
    """Imported records and FAQs of one deployment, keyed by code and id."""

    def __init__(self, home: Path) -> None:
        self._procedures = home / "draft" / "procedures.jsonl.zst"
        self._faqs = home / "draft" / "faqs.jsonl.zst"

    def procedures(self) -> dict[str, Procedure]:
        """Every imported record by its code. Raises `CorpusError` where the draft is damaged."""
        return {p.code: p for p in _read(self._procedures, Procedure)}

    def faqs(self) -> dict[str, Faq]:
        """Every imported FAQ by its id. Raises `CorpusError` where the draft is damaged."""
        return {f.id: f for f in _read(self._faqs, Faq)}

    def keep_procedures(self, procedures: Mapping[str, Procedure]) -> None:
        """Replace the records; on any error, a full disk included, the earlier ones stay. Raises `CorpusError`."""
        write_lines(
            self._procedures, (procedures[code].model_dump_json(exclude_defaults=True) for code in sorted(procedures))
        )

    def keep_faqs(self, faqs: Mapping[str, Faq]) -> None:
        """Replace the FAQs, as `keep_procedures`."""
        write_lines(self._faqs, (faqs[key].model_dump_json(exclude_defaults=True) for key in sorted(faqs)))


def _read(path: Path, model: type[Model]) -> list[Model]:
    try:
        return [model.model_validate_json(line) for line in read_lines(path)]
    except ValidationError as error:
        raise CorpusError(f"{path}: damaged or of another version; move it away and import the files again") from error


def read_lines(path: Path) -> Iterable[str]:
    """The lines of a .zst file; none where the file does not exist. Raises `CorpusError` where it is damaged."""
    if not path.exists():
        return []
    try:
        frame = zstandard.ZstdDecompressor().decompressobj()
        text = frame.decompress(path.read_bytes())
        if not frame.eof:  # a file that is cut off between two blocks is no error to the library
            raise zstandard.ZstdError("the end is missing")
        return text.decode("utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError, zstandard.ZstdError) as error:
        raise CorpusError(f"{path}: damaged ({error}); move it away and import the source files again") from error


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines into a .zst file that appears whole or not at all. Raises `CorpusError`."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            # The checksum: without it a flipped bit could turn one fee into another and stay valid JSON.
            compressor = zstandard.ZstdCompressor(level=6, write_checksum=True)
            with compressor.stream_writer(file, closefd=False) as stream:
                for line in lines:
                    stream.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise CorpusError(f"{path}: cannot be written ({error.strerror or error}); nothing was changed") from error
