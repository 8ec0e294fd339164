"""Step 5, rank: one order of candidates for each part, with the conversation weighed in."""

from __future__ import annotations

import re
from dataclasses import replace

from answering.answer import Aspect
from answering.context import Context, Part
from answering.conversation import Offered, Turn
from retrieval.documents import TargetKind
from retrieval.search import Hit
from retrieval.text import fold, folded_tokens

_ASKS_TO_KNOW = re.compile(
    r"\b(?:la gi|co phai|co dung|co that|that khong|con dung|con gia tri|tai sao|vi sao|lua|gia mao|an toan|duoc gi)\b"
)
_POINTING = frozenset("cai thu tuc viec ay do kia nay nhe a di loai muc chon la ve em toi minh thi".split())

NAMED_OUTRIGHT = 0.7
"""Share of a name that a piece of a message must hold to count as a question of its own."""
JOINED_GAIN = 0.5
"""How much better, in logits, the earlier topic must make a short question fit before it is taken as a follow-up."""
SHORT = 4
"""Words up to which a question may be a fragment of the earlier topic ("còn gia hạn?")."""
FAQ_LEAD = 1.5
"""Lead in logits that an FAQ needs over a procedure: who can be helped by a procedure wants its papers."""


def rank(context: Context) -> Context:
    """Choose between one question and several, and between a new topic and the earlier one."""
    whole, *pieces = [_procedures_first(part) for part in context.parts]
    if _are_several(whole, pieces):
        return context.having(parts=tuple(pieces))
    return context.having(parts=(_among_offered(whole, context) or _with_topic(whole, context),))


def _procedures_first(part: Part) -> Part:
    """Let a procedure that fits about as well go before an FAQ."""
    if not part.hits or part.hits[0].target.kind is not TargetKind.FAQ or _ASKS_TO_KNOW.search(fold(part.text)):
        return part
    top = part.hits[0]
    better = next((h for h in part.hits if h.target.kind is TargetKind.PROCEDURE), None)
    if better is None or better.logit < top.logit - FAQ_LEAD:
        return part
    return replace(part, hits=(better, *(h for h in part.hits if h is not better)))


def _among_offered(part: Part, context: Context) -> Part | None:
    """After "which of these?" a few words choose among what was offered, unless they name something else outright."""
    turn = context.state.turns[-1] if context.state.turns else None
    if not turn or not turn.offered or part.kept or not part.content or len(part.content.split()) > 2 * SHORT:
        return None
    offered = {option.id for option in turn.offered}
    top = part.hits[0] if part.hits else None
    if top and top.target.id not in offered and top.features["exact"] and len(part.content.split()) > 1:
        return None if not _titled(part.content, turn.offered) else _chosen(part, turn)
    if top and top.target.id in offered:
        return part
    return _chosen(part, turn)


def _chosen(part: Part, turn: Turn) -> Part | None:
    named = _titled(part.content, turn.offered)
    aspects = part.aspects or tuple(Aspect(a) for a in turn.aspects)
    return replace(part, kept=(named,), aspects=aspects, hits=()) if named else None


def _titled(content: str, offered: tuple[Offered, ...]) -> str | None:
    """The one offered option whose title has all the words, None where none or several have."""
    words = set(folded_tokens(content)) - _POINTING
    fitting = [option.id for option in offered if words and words <= set(folded_tokens(option.title))]
    return fitting[0] if len(fitting) == 1 else None


def covers(hit: Hit) -> float:
    """Share of the question's weighty words that the hit's best chunk has."""
    return hit.features["words_query"]


def _are_several(whole: Part, pieces: list[Part]) -> bool:
    """Whether every piece names a procedure of its own, better than the whole message names one."""
    if len(pieces) < 2 or not all(p.hits for p in pieces) or whole.kept:
        return False
    tops = [p.hits[0] for p in pieces]
    distinct = len({h.target.id for h in tops}) == len(tops)
    one = bool(whole.hits) and covers(whole.hits[0]) > 0.95 and whole.hits[0].logit > max(h.logit for h in tops)
    return distinct and all(map(_names_outright, tops)) and not one


def _names_outright(hit: Hit) -> bool:
    named = max(hit.features["name_chunk"], hit.features["title_chunk"], hit.features["words_chunk"])
    return hit.score >= 0.5 and named >= NAMED_OUTRIGHT and not hit.is_situation and covers(hit) >= 0.5


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
