"""The same weights as a sentence-transformers folder give the same vectors; any local folder can take their place."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding.encoder import Encoder, Vectors
from retrieval.embedding.export import export_sentence_transformers
from retrieval.embedding.onnx_encoder import OnnxEncoder
from retrieval.embedding.sentence_transformers_encoder import SentenceTransformersEncoder
from retrieval.errors import ModelUnavailable


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sentence_transformers")
    return export_sentence_transformers(tmp_path_factory.mktemp("exported") / "e5-vi")


@pytest.fixture(scope="module")
def float_encoder(exported: Path) -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(exported)


@pytest.fixture
def spoilable(exported: Path, tmp_path: Path) -> Path:
    """A copy to change, with the large file shared."""
    shutil.copytree(exported, tmp_path / "e5-vi", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "e5-vi" / "model.safetensors").symlink_to(exported / "model.safetensors")
    return tmp_path / "e5-vi"


def test_exported_folder_agrees_with_the_c_engine(float_encoder: Encoder, texts: tuple[str, ...],
                                                  reference: Vectors) -> None:
    cosines = (float_encoder.encode(texts) * reference).sum(axis=1)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.9998


def test_exported_folder_agrees_with_the_default_encoder(float_encoder: Encoder, encoder: OnnxEncoder,
                                                         texts: tuple[str, ...]) -> None:
    cosines = (float_encoder.encode(texts) * encoder.encode(texts)).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.97


def test_full_vocabulary_gives_the_same_vectors(float_encoder: Encoder, texts: tuple[str, ...], tmp_path: Path) -> None:
    full = SentenceTransformersEncoder(export_sentence_transformers(tmp_path / "full", full_vocabulary=True))
    np.testing.assert_allclose(full.encode(texts[:12]), float_encoder.encode(texts[:12]), atol=1e-5)
    assert full.name != float_encoder.name


def test_it_keeps_the_promises_of_an_encoder(float_encoder: Encoder) -> None:
    vectors = float_encoder.encode(["đăng ký", unicodedata.normalize("NFD", "đăng ký"), "\ud83d\0", "a" * 10_000, ""])
    assert vectors.shape == (5, float_encoder.dimensions) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert float_encoder.encode([]).shape == (0, 384)


def test_folder_decides_on_the_prefix_unless_one_is_given(float_encoder: Encoder, spoilable: Path) -> None:
    described = json.loads((spoilable / "config_sentence_transformers.json").read_text())
    (spoilable / "config_sentence_transformers.json").write_text(
        json.dumps(described | {"prompts": {}, "default_prompt_name": None}))
    without = SentenceTransformersEncoder(spoilable)
    given = SentenceTransformersEncoder(spoilable, prefix="query: ")
    declared = float_encoder.encode(["lệ phí"])
    np.testing.assert_allclose(given.encode(["lệ phí"]), declared, atol=1e-5)
    assert float((without.encode(["lệ phí"]) * declared).sum()) < 0.99
    assert len({without.name, given.name, float_encoder.name}) == 3


def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ModelUnavailable, match=r"motcua\[models\]"):
        SentenceTransformersEncoder(tmp_path)
    with pytest.raises(ModelUnavailable, match=r"motcua\[models\]"):
        export_sentence_transformers(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_folder_without_a_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(ModelUnavailable, match=r"no modules\.json, no config\.json"):
        SentenceTransformersEncoder(tmp_path)


def test_damaged_folder_is_a_named_error(spoilable: Path) -> None:
    (spoilable / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="e5-vi: the model cannot be loaded"):
        SentenceTransformersEncoder(spoilable)


def test_export_overwrites_nothing(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        export_sentence_transformers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
