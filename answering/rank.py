"""Step 5, rank: one order of candidates for each part, with the conversation weighed in."""

from __future__ import annotations

from dataclasses import replace

from answering.context import Context, Part
from retrieval.search import Hit

NAMED_OUTRIGHT = 0.75
"""Share of its weighty words that a hit must cover for a piece of a message to count as a question of its own."""
JOINED_GAIN = 0.5
"""How much better, in logits, the earlier topic must make a short question fit before it is taken as a follow-up."""
SHORT = 3
"""Words up to which a question may be a fragment of the earlier topic ("còn gia hạn?")."""


def rank(context: Context) -> Context:
    """Choose between one question and several, and between a new topic and the earlier one."""
    whole, *pieces = context.parts
    if _are_several(whole, pieces):
        return context.having(parts=tuple(pieces))
    return context.having(parts=(_with_topic(whole, context),))


def covers(hit: Hit) -> float:
    """Share of the question's weighty words that the hit's best chunk has."""
    return hit.features["words_query"]


def _are_several(whole: Part, pieces: list[Part]) -> bool:
    if len(pieces) < 2 or not all(p.hits for p in pieces):
        return False
    tops = [p.hits[0] for p in pieces]
    distinct = len({h.target.id for h in tops}) == len(tops)
    clear = all(
        covers(h) >= NAMED_OUTRIGHT and h.features["title_chunk"] + h.features["words_chunk"] >= NAMED_OUTRIGHT
        for h in tops
    )
    one = bool(whole.hits) and covers(whole.hits[0]) > 0.9 and not all(p.aspects for p in pieces)
    return distinct and clear and not one


def _with_topic(part: Part, context: Context) -> Part:
    """Keep the earlier topic for a fragment or a remark that names no procedure of its own."""
    if not part.joined or not part.hits:
        return part
    alone, together = part.hits[0], part.joined[0]
    topic = _topic_id(context)
    fragment = (
        len(part.content.split()) <= SHORT
        and alone.features["title_chunk"] < 0.99
        and covers(alone) <= covers(together)
    )
    if fragment and together.logit > alone.logit + JOINED_GAIN and together.target.id != topic:
        return replace(part, hits=part.joined)
    if topic and alone.score < 0.5 and not part.aspects or topic and covers(alone) < 0.5:
        return replace(part, kept=(topic,), hits=())
    return part


def _topic_id(context: Context) -> str | None:
    turn = next((t for t in reversed(context.state.turns) if t.items), None)
    return turn.items[0] if turn else None
