"""Tells which case of a procedure a person's words describe."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.text import folded_tokens

LEAST_COVERED = 0.6
"""Share of a case's own words that the question must hold, where the guide gives no phrases for the case."""
_COMMON = frozenset(
    "truong hop doi voi nguoi cua va cac co la duoc dang ky thi hoac cho nhung mot khi theo quy dinh vao tai "
    "ho so gom giay to nop thu tuc cap phai dieu khoan luat thuoc ve tu bang noi".split()
)


def matching_cases(question: str, cases: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
    """Positions of the cases that the question describes, the best first.

    A case is (its name, phrases by which people tell it). A phrase counts where all its words stand in the question; a
    name where most of its words do that the other cases do not share.
    """
    plain = f" {' '.join(folded_tokens(question))} "
    found = []
    for position, (name, phrases) in enumerate(cases):
        score = max([_phrase(plain, p) for p in phrases], default=0.0) or _name(plain, name, cases)
        if score:
            found.append((score, -position))
    return [-position for _, position in sorted(found, reverse=True)]


def _phrase(plain: str, phrase: str) -> float:
    words = folded_tokens(phrase)
    if f" {' '.join(words)} " in plain:
        return 1.0 + len(words)
    return 0.9 if len(words) > 2 and all(f" {w} " in plain for w in words) else 0.0


def _name(plain: str, name: str, cases: Sequence[tuple[str, Sequence[str]]]) -> float:
    others = [set(folded_tokens(n)) for n, _ in cases if n != name]
    words = [w for w in dict.fromkeys(folded_tokens(name)) if w not in _COMMON]
    own = [w for w in words if len(others) < 2 or sum(w in o for o in others) < len(others)]
    if not 2 <= len(own) <= 14:
        return 0.0
    covered = sum(f" {w} " in plain for w in own) / len(own)
    return covered if covered >= LEAST_COVERED else 0.0
