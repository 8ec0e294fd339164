"""The folder of a built encoder: `model.onnx`, `tokenizer.json`, and `meta.json` that says what they are.

Building one is `build`, using one is `onnx_encoder`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, computed_field

from retrieval.errors import ModelUnavailable

GRAPH_FILE, TOKENIZER_FILE, META_FILE = "model.onnx", "tokenizer.json", "meta.json"


class ModelMeta(BaseModel):
    """What `meta.json` holds. `files` maps names to SHA-256 digests, `positions` is the most tokens the model takes."""

    model_config = ConfigDict(frozen=True)

    recipe: int
    model: str
    format: str
    dimensions: int
    positions: int
    tokens: int
    source: str
    files: dict[str, str]

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know a property below this decorator
    @property
    def content_hash(self) -> str:
        """Twelve characters that change with any byte of the model or the tokenizer."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()[:12]

    def write(self, folder: Path) -> None:
        """Written last: a folder with a readable `meta.json` has its other files."""
        (folder / META_FILE).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_meta(folder: Path) -> ModelMeta:
    """What the folder says of itself; the other files are not looked at. Raises `ModelUnavailable`."""
    try:
        return ModelMeta.model_validate_json((folder / META_FILE).read_bytes())
    except (OSError, ValueError) as problem:
        raise ModelUnavailable(
            f"{folder}: not a built embedding model (no readable {META_FILE}); delete the folder "
            "and start again, it is then built anew"
        ) from problem


def is_intact(folder: Path, *, recipe: int) -> bool:
    """Whether the folder holds a model of this recipe and every byte of it. Takes about 0.1 s."""
    try:
        meta = read_meta(folder)
        return (
            meta.recipe == recipe
            and set(meta.files) == {GRAPH_FILE, TOKENIZER_FILE}
            and all(digest_of(folder / name) == digest for name, digest in meta.files.items())
        )
    except (ModelUnavailable, OSError):
        return False


def digest_of(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
