"""Step 3, understand: what is asked, of what, and how it hangs together with the conversation so far."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answering.answer import Aspect
from answering.aspects import find_aspects, unwrap
from answering.context import Context, Part
from answering.conversation import Turn
from answering.places import PlaceFinder
from retrieval.text import fold, folded_tokens

_DIALOGUE = Path(__file__).parent / "language" / "dialogue.yaml"
_FILLERS = frozenset(
    "thi la ma a nhe nhi vay the con va voi roi nay kia do ay cai viec thu tuc cho em toi minh sao di oi ad "
    "duoc khong co nua luon ha hen u ok vang da giay to ho so no can muon hoi lam".split()
)
_CODE = re.compile(r"\b\d\.\d{6}\b")


@cache
def _cues() -> dict[str, Any]:
    return dict(yaml.safe_load(_DIALOGUE.read_text(encoding="utf-8")))


class Understand:
    """Reads a corrected message against the conversation."""

    def __init__(self, places: PlaceFinder) -> None:
        self._places = places

    def __call__(self, context: Context) -> Context:
        """Set `parts` (one for each question that may stand alone) and the commune that was named."""
        text = context.text
        mention = self._places.find(text)
        if mention:
            context = context.having(commune=mention.places[0] if len(mention.places) == 1 else None)
            text = mention.rest
        if mention and not _content_words(text):
            return context.having(parts=(_follow_up(context, text, ()),))
        whole = self._part(context, text)
        pieces = () if whole.kept else tuple(self._pieces(text))
        return context.having(parts=(whole, *pieces))

    def _part(self, context: Context, text: str) -> Part:
        last = _last_answered(context)
        if (chosen := _choice(context, text)) is not None:
            return Part(text, "", _asked_before(context), kept=(chosen,))
        if code := _CODE.search(text):
            return Part(text, "", find_aspects(text).aspects, kept=(code.group(),))
        stripped, cue = _strip_cue(text)
        asked = find_aspects(stripped)
        content = unwrap(_without_cue_words(asked.content))
        earlier = tuple(Aspect(a) for a in last.aspects) if last and cue else ()
        aspects = _by_condition(asked.aspects or earlier, text)
        if last and not _content_words(content):
            return _follow_up(context, text, aspects)
        return Part(
            text, content, tuple(aspects), alternative=content if last else "", condition=_tells_condition(text)
        )

    def _pieces(self, text: str) -> list[Part]:
        """The message taken apart at its separators; pieces that only name an aspect join the one before."""
        for separator in _cues()["separators"]:
            cuts = [m.span() for m in re.finditer(separator, fold(text))]
            if not cuts:
                continue
            bounds = [0, *(p for cut in cuts for p in cut), len(text)]
            parts: list[Part] = []
            for start, end in zip(bounds[::2], bounds[1::2], strict=True):
                asked = find_aspects(text[start:end])
                content = unwrap(asked.content)
                if _is_told(text[start:end]):
                    continue
                if _content_words(content):
                    parts.append(Part(text[start:end], content, asked.aspects, condition=False))
                elif parts:
                    merged = tuple(dict.fromkeys([*parts[-1].aspects, *asked.aspects]))
                    parts[-1] = Part(parts[-1].text, parts[-1].content, merged)
            if len(parts) > 1:
                return parts
        return []


def _is_told(piece: str) -> bool:
    """Whether a piece tells what happened ("em mới lấy vợ"): the story of another piece, no question of its own."""
    return re.match(r"\W*(?:\w+ ){1,3}(?:moi|vua|da|dang|bi)\b", fold(piece)) is not None


def _strip_cue(text: str) -> tuple[str, bool]:
    """Take off "không phải, ý tôi là" and "thế còn"; tells whether there was one."""
    for name in ("correction", "also", "back"):
        for pattern in _cues()[name]:
            match = re.match(pattern, fold(text))
            if match and match.end():
                return text[match.end() :].strip() or text, True
    return text, False


def _without_cue_words(content: str) -> str:
    return re.sub(r"^(?:còn|thế còn|và)\s+|\s+thì sao$", "", content).strip()


def _choice(context: Context, text: str) -> str | None:
    """The option that the person picks by its number, its code or its title."""
    offered = context.state.turns[-1].offered if context.state.turns else ()
    if not offered:
        return None
    plain = fold(text).strip(" .!?")
    for entry in _cues()["ordinal"]:
        if re.match(entry["pattern"], plain) and -1 <= entry["index"] < len(offered):
            return offered[int(entry["index"])].id
    return next((o.id for o in offered if fold(o.title).strip(" .!?") == plain or o.id == plain), None)


def _asked_before(context: Context) -> tuple[Aspect, ...]:
    return tuple(Aspect(a) for a in context.state.turns[-1].aspects) if context.state.turns else ()


def _last_answered(context: Context) -> Turn | None:
    return next((t for t in reversed(context.state.turns) if t.items), None)


def _follow_up(context: Context, text: str, aspects: tuple[Aspect, ...]) -> Part:
    last = _last_answered(context)
    return Part(text, "", aspects, kept=last.items[:1] if last else (), condition=_tells_condition(text))


def _by_condition(aspects: tuple[Aspect, ...], text: str) -> tuple[Aspect, ...]:
    """ "Trường hợp ở nhờ thì đăng ký ra sao" asks what that case needs, not for the steps."""
    return (
        (Aspect.DOCUMENTS,)
        if aspects == (Aspect.STEPS,) and _tells_condition(text) and re.search(r"\b(?:ra sao|the nao)\W*$", fold(text))
        else aspects
    )


def _content_words(text: str) -> list[str]:
    return [w for w in folded_tokens(text) if w not in _FILLERS]


def _tells_condition(text: str) -> bool:
    plain = fold(text)
    return any(re.search(pattern, plain) for pattern in _cues()["condition"])
