"""The search index: chunks of all targets with their terms, vectors and language model; built, saved, loaded.

Searching it is `search`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import faiss
import numpy as np

from retrieval.adapter import Adapter, learn_adapter
from retrieval.documents import Chunk, ChunkKind, Target, TargetKind
from retrieval.embedding.encoder import Encoder
from retrieval.errors import IndexDamaged
from retrieval.lexical import VIEWS, Floats, TermIndex
from retrieval.spelling import LanguageModel

faiss.omp_set_num_threads(1)  # one question is too little work for threads: they only wait for each other

FORMAT = 2
"""Raised when the files change meaning; a snapshot of another format is built anew."""

DENSE_KINDS = frozenset({ChunkKind.TITLE, ChunkKind.ALIAS, ChunkKind.QUESTION})
"""Names of cases are left to the lexical views: they are half of all chunks and repeat the clerk's phrases."""


@dataclass(frozen=True)
class SearchIndex:
    """Everything searching needs, read-only once built. `vectors` holds one row for each chunk in `dense_rows`."""

    targets: tuple[Target, ...]
    chunks: tuple[Chunk, ...]
    views: Mapping[str, TermIndex]
    dense_rows: np.ndarray
    base: Floats
    """The encoder's own vectors of the same rows, kept so that the next index need not make them again."""
    vectors: faiss.Index
    adapter: Adapter
    language: LanguageModel
    encoder_name: str

    @property
    def owners(self) -> np.ndarray:
        """For every chunk the position of its target."""
        return np.array([c.target for c in self.chunks], dtype=np.int32)


def build_index(
    targets: Sequence[Target],
    chunks: Sequence[Chunk],
    language: LanguageModel,
    encoder: Encoder,
    *,
    known_vectors: Mapping[str, Floats] | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> SearchIndex:
    """Build the index.

    `known_vectors` maps texts to vectors made before by the same encoder, so that publishing a small change costs
    little. `progress` is told the stage and how many of how many are done.
    """
    texts, owners = [c.text for c in chunks], [c.target for c in chunks]
    views = {name: TermIndex.build(texts, owners, terms) for name, terms in VIEWS.items()}
    rows = np.array([i for i, c in enumerate(chunks) if c.kind in DENSE_KINDS], dtype=np.int32)
    matrix = _embed([texts[i] for i in rows], encoder, known_vectors or {}, progress)
    adapter = learn_adapter(
        matrix, [owners[i] for i in rows], progress=lambda done, total: progress("adapter", done, total)
    )
    vectors = faiss.IndexFlatIP(encoder.dimensions)
    vectors.add(adapter(matrix))
    return SearchIndex(tuple(targets), tuple(chunks), views, rows, matrix, vectors, adapter, language, encoder.name)


def _embed(
    texts: list[str], encoder: Encoder, known: Mapping[str, Floats], progress: Callable[[str, int, int], None]
) -> Floats:
    matrix = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    missing = []
    for i, text in enumerate(texts):
        vector = known.get(text)
        if vector is None:
            missing.append(i)
        else:
            matrix[i] = vector
    missing.sort(key=lambda i: len(texts[i]))
    for start in range(0, len(missing), 64):
        batch = missing[start : start + 64]
        matrix[batch] = encoder.encode([texts[i] for i in batch])
        progress("vectors", start + len(batch), len(missing))
    return matrix


def vectors_by_text(index: SearchIndex) -> dict[str, Floats]:
    """The vectors of an index by their text, to be reused in building the next one."""
    return {index.chunks[row].text: vector for row, vector in zip(index.dense_rows, index.base, strict=True)}


def save_index(index: SearchIndex, folder: Path) -> None:
    """Write the index into an existing folder. Raises `OSError` where the disk is full."""
    meta = {
        "format": FORMAT,
        "encoder": index.encoder_name,
        "targets": [t.as_dict() for t in index.targets],
        "chunks": [[c.target, c.kind, c.text] for c in index.chunks],
        "terms": {name: view.terms for name, view in index.views.items()},
    }
    (folder / "index.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    arrays = {f"{name}_{key}": value for name, view in index.views.items() for key, value in view.arrays().items()}
    np.savez(folder / "terms.npz", **{"dense_rows": index.dense_rows, **arrays})  # type: ignore[arg-type]
    np.savez(folder / "adapter.npz", mean=index.adapter.mean, matrix=index.adapter.matrix)
    np.save(folder / "base.npy", index.base.astype(np.float16))
    try:
        faiss.write_index(index.vectors, str(folder / "vectors.faiss"))
    except RuntimeError as error:  # how faiss says that the disk is full
        raise OSError(f"{folder / 'vectors.faiss'}: {error}") from error
    index.language.save(folder / "language.json")


def load_index(folder: Path) -> SearchIndex:
    """Read an index that `save_index` wrote. Raises `IndexDamaged` when a file is missing or of another format."""
    try:
        meta = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if meta["format"] != FORMAT:
            raise IndexDamaged(folder, f"format {meta['format']}, this version reads {FORMAT}")
        with (folder / "terms.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            views = {
                name: TermIndex(
                    {t: i for i, t in enumerate(meta["terms"][name])},
                    *(arrays[f"{name}_{key}"] for key in ("starts", "postings", "weights", "chunk_weight")),
                )
                for name in VIEWS
            }
            dense_rows = arrays["dense_rows"]
        with (folder / "adapter.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            adapter = Adapter(arrays["mean"], arrays["matrix"])
        base = np.load(folder / "base.npy", mmap_mode="r", allow_pickle=False)
        vectors = faiss.read_index(str(folder / "vectors.faiss"))
        language = LanguageModel.load(folder / "language.json")
        targets = tuple(Target(**{**t, "kind": TargetKind(t["kind"])}) for t in meta["targets"])
        chunks = tuple(Chunk(target, ChunkKind(kind), text) for target, kind, text in meta["chunks"])
    except (OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, BadZipFile) as error:
        raise IndexDamaged(folder, str(error)) from error
    return SearchIndex(targets, chunks, views, dense_rows, base, vectors, adapter, language, meta["encoder"])
