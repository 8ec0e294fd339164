"""A stronger model from a local folder, run by sentence-transformers (extra `models`), for sites that have one.

Nothing is ever downloaded. Writing such a folder from the packaged weights is `export`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.embedding.encoder import Vectors, plain
from retrieval.embedding.model_folder import digest_of
from retrieval.errors import ModelUnavailable

_BATCH = 16
_FILES_THAT_MATTER = frozenset({".json", ".txt", ".model", ".safetensors", ".bin", ".py"})


class SentenceTransformersEncoder:
    """Encodes with the model in a folder, on the processor."""

    def __init__(self, folder: Path, *, prefix: str | None = None) -> None:
        """`prefix` goes in front of every text. By default the folder decides, with its default prompt or its prompt
        named "query"; give "query: " for an e5 model whose folder declares none, because nothing would warn of it.

        Raises `ModelUnavailable` when sentence-transformers is missing or the folder cannot be loaded.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as problem:
            raise ModelUnavailable(
                "loading a sentence-transformers folder needs the extra `models`: pip install 'motcua[models]'"
            ) from problem
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise ModelUnavailable(f"{folder}: no sentence-transformers model there (no modules.json, no config.json)")
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as problem:  # a damaged folder raises whatever the library that met the damage raises
            raise ModelUnavailable(f"{folder}: the model cannot be loaded ({problem})") from problem
        prompts = self._model.prompts
        declared = prompts.get(self._model.default_prompt_name or "query")
        self._prefix = prefix if prefix is not None else declared or ""
        self.dimensions = len(self._run(["xin chào"])[0])  # the method that tells it changes its name between releases
        self.name = f"{folder.resolve().name}-st-{_content_hash(folder, self._prefix)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`. Rows may differ in the seventh digit with the other texts of the call."""
        return self._run(texts) if texts else np.empty((0, self.dimensions), dtype=np.float32)

    def _run(self, texts: Sequence[str]) -> Vectors:
        found = self._model.encode(
            [plain(text) for text in texts],
            prompt=self._prefix,
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(found, dtype=np.float32)


def _content_hash(folder: Path, prefix: str) -> str:
    """Changes with the prefix and with any file that the vectors could depend on; a README may be edited."""
    digest = hashlib.sha256(prefix.encode())
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in _FILES_THAT_MATTER):
        digest.update(f"{path.relative_to(folder).as_posix()} {digest_of(path)}\n".encode())
    return digest.hexdigest()[:12]
