"""The index on disk: what is loaded searches as what was built, and damage is named with its mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builders import a_case, a_guide, a_library, a_procedure, an_faq, index_of

from corpus.library import Library
from motcua.wiring import Office
from retrieval.documents import ChunkKind, TargetKind
from retrieval.errors import IndexDamaged
from retrieval.index import FORMAT, SearchIndex, load_index, save_index, vectors_by_text
from retrieval.lexicon import Lexicon
from retrieval.ranking import Weights
from retrieval.search import Searcher

QUESTIONS = ["xin giấy đi rừng", "vào rừng lấy củi", "dang ky khai sinh", "thủy lợi", "giấy đi rừng là gì", "bóng đá"]


def a_small_library() -> Library:
    return a_library(
        [
            a_procedure(cases=(a_case(name="Vào rừng đặc dụng"), a_case(name="Lưu ý"))),
            a_procedure("1.999002", title="Đăng ký khai sinh", subjects=("Doanh nghiệp",)),
            a_procedure("1.999003", title="Cấp phép thủy lợi"),
        ],
        [a_guide()],
        [an_faq(variants=("giấy rừng để làm gì",))],
    )


@pytest.fixture(scope="module")
def index(office: Office) -> SearchIndex:
    return index_of(a_small_library(), office.encoder)


@pytest.fixture
def folder(index: SearchIndex, tmp_path: Path) -> Path:
    """A folder with the index in it."""
    save_index(index, tmp_path)
    return tmp_path


def searcher_of(index: SearchIndex, office: Office) -> Searcher:
    return Searcher(index, office.encoder, Lexicon.bundled(), Weights.load())


@pytest.mark.parametrize("question", QUESTIONS)
def test_loaded_index_searches_as_the_built_one(
    index: SearchIndex, folder: Path, office: Office, question: str
) -> None:
    built = searcher_of(index, office).search(question)
    loaded = searcher_of(load_index(folder), office).search(question)
    assert loaded == built
    assert len(built) == 4


def test_everything_comes_back(index: SearchIndex, folder: Path) -> None:
    loaded = load_index(folder)
    assert (loaded.targets, loaded.chunks, loaded.encoder_name) == (index.targets, index.chunks, index.encoder_name)
    np.testing.assert_array_equal(loaded.dense_rows, index.dense_rows)
    np.testing.assert_array_equal(loaded.adapter.matrix, index.adapter.matrix)
    assert loaded.language.bigrams == index.language.bigrams


def test_targets_know_what_ranking_asks_of_them(index: SearchIndex) -> None:
    forest, birth, _, faq = index.targets
    assert (forest.kind, forest.guided, forest.commune, forest.citizen) == (TargetKind.PROCEDURE, True, True, True)
    assert (birth.guided, birth.citizen) == (False, False)
    assert (faq.kind, faq.id, faq.guided) == (TargetKind.FAQ, "giay-di-rung-la-gi", True)


def test_chunks_are_the_short_texts_in_order(index: SearchIndex) -> None:
    texts = [(chunk.kind, chunk.text) for chunk in index.chunks if chunk.target == 0]
    guide = a_guide()
    assert texts == [
        (ChunkKind.TITLE, "Cấp giấy đi rừng"),
        *((ChunkKind.ALIAS, alias) for alias in (guide.title, *guide.aliases)),
        *((ChunkKind.QUESTION, question) for question in guide.questions),
        (ChunkKind.CASE, "Vào rừng đặc dụng"),
        (ChunkKind.CASE, "Lưu ý"),
    ]
    assert [chunk.target for chunk in index.chunks] == sorted(chunk.target for chunk in index.chunks)


def test_names_of_cases_have_no_vector(index: SearchIndex) -> None:
    assert ChunkKind.CASE not in {index.chunks[row].kind for row in index.dense_rows}
    assert index.vectors.ntotal == len(index.dense_rows)


def test_vectors_are_used_again_for_the_same_texts(index: SearchIndex, office: Office) -> None:
    from retrieval.index import build_index

    class Counting:
        """The real encoder, with the texts it was asked for."""

        name, dimensions = office.encoder.name, office.encoder.dimensions
        asked: list[str] = []  # noqa: RUF012

        def encode(self, texts: list[str]) -> np.ndarray:
            self.asked += texts
            return office.encoder.encode(texts)

    counting = Counting()
    changed = [*index.chunks[:-1], index.chunks[-1].__class__(index.chunks[-1].target, ChunkKind.QUESTION, "câu mới")]
    build_index(index.targets, changed, index.language, counting, known_vectors=vectors_by_text(index))  # type: ignore[arg-type]
    assert counting.asked == ["câu mới"]


FILES = ["index.json", "terms.npz", "adapter.npz", "base.npy", "vectors.faiss", "language.json"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    path.write_bytes(b"\x00khong phai chi muc" * 50)


def other_shape(path: Path) -> None:
    path.write_bytes(b"[]")


@pytest.mark.parametrize("damage", [Path.unlink, cut, empty, garble, other_shape])
@pytest.mark.parametrize("name", FILES)
def test_damaged_file_is_named_with_its_mend(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    assert {path.name for path in folder.iterdir()} == set(FILES)
    damage(folder / name)
    with pytest.raises(IndexDamaged, match=r"cannot be read.*run `motcua corpus publish`") as caught:
        load_index(folder)
    assert caught.value.folder == folder


def test_index_of_another_version_says_so(folder: Path) -> None:
    meta = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    (folder / "index.json").write_text(json.dumps({**meta, "format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=f"format {FORMAT + 1}, this version reads {FORMAT}"):
        load_index(folder)


def test_index_of_another_encoder_is_refused(index: SearchIndex, office: Office) -> None:
    class Other:
        name, dimensions = "another", 384

        def encode(self, texts: list[str]) -> np.ndarray:
            raise NotImplementedError

    with pytest.raises(ValueError, match=r"was made with .*, not another"):
        Searcher(index, Other(), Lexicon.bundled(), Weights.load())  # type: ignore[arg-type]


def test_index_of_nothing_finds_nothing(office: Office, tmp_path: Path) -> None:
    save_index(index_of(Library({}), office.encoder), tmp_path)
    assert searcher_of(load_index(tmp_path), office).search("khai sinh") == []
