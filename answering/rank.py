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
_BACK = re.compile(r"\b(?:ban nay|luc nay|hoi nay|vua nay|khi nay|luc truoc|ay|kia|vua hoi|vua noi|quay lai|tro lai)\b")
_POINTING = frozenset("cai thu tuc viec ay do kia nay nhe a di loai muc chon la ve em toi minh thi".split())

NAMED_OUTRIGHT = 0.5
"""Share of a name that a piece of a message must hold to count as a question of its own."""
FRAGMENT, WHOLE_NAME = 2, 0.55
"""Words of a piece that is a name or nothing, and the share of the name that it must then hold."""
JOINED_GAIN = 0.5
"""How much better, in logits, the earlier topic must make a short question fit before it is taken as a follow-up."""
SHORT = 4
"""Words up to which a question may be a fragment of the earlier topic ("còn gia hạn?")."""
OFFERED_GAIN = 3.0
"""Logits by which something that was offered may lie behind and still be what is meant."""
FAQ_LEAD = 2.5
"""Lead in logits that an FAQ needs over a procedure: who can be helped by a procedure wants its papers."""


def rank(context: Context) -> Context:
    """Choose between one question and several, and between a new topic and the earlier one."""
    whole, *pieces = [_procedures_first(part) for part in context.parts]
    if _are_several(whole, pieces):
        return context.having(parts=tuple(replace(p, aspects=p.aspects or whole.aspects) for p in pieces))
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
    if named := _titled(part.content, turn.offered):
        return _chosen(part, turn, named)
    top = part.hits[0] if part.hits else None
    best = next((h for h in part.hits if h.target.id in offered), None)
    if top and best and (best is top or (best.logit > top.logit - OFFERED_GAIN and not top.features["exact"])):
        return _chosen(part, turn, best.target.id)
    return None


def _chosen(part: Part, turn: Turn, target: str) -> Part:
    aspects = part.aspects or tuple(Aspect(a) for a in turn.aspects)
    return replace(part, kept=(target,), aspects=aspects, hits=())


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
    return distinct and all(map(_names_outright, pieces)) and not one


def _names_outright(piece: Part) -> bool:
    """Whether a piece of a message names a procedure; a word or two must be its whole name."""
    hit = piece.hits[0]
    titles = max(hit.features["name_chunk"], hit.features["title_chunk"])
    is_short = len(piece.content.split()) <= FRAGMENT
    named = max(titles, hit.features["exact" if is_short else "words_chunk"])
    least = WHOLE_NAME if is_short else NAMED_OUTRIGHT
    return hit.score >= 0.5 and named >= least and not hit.is_situation and covers(hit) >= 0.5


def _with_topic(part: Part, context: Context) -> Part:
    """Keep the earlier topic for a fragment or a remark that names no procedure of its own."""
    if not part.joined or not part.hits:
        return part
    if recalled := _recalled(part, context):
        return replace(part, kept=(recalled,), hits=())
    alone, together = part.hits[0], part.joined[0]
    topic = _topic_id(context)
    fragment = len(part.content.split()) <= SHORT and alone.features["title_chunk"] < 0.99
    if fragment and together.logit > alone.logit + JOINED_GAIN and together.target.id != topic:
        return replace(part, hits=part.joined, carries_topic=True)
    if topic and alone.score < 0.5 and not part.aspects or topic and covers(alone) < 0.5:
        return replace(part, kept=(topic,), hits=())
    return part


def _recalled(part: Part, context: Context) -> str | None:
    """What was spoken of before and is pointed back to ("cái thẻ căn cước ban nãy")."""
    if not _BACK.search(fold(part.text)):
        return None
    earlier = {item for turn in context.state.turns for item in turn.items}
    return next((h.target.id for h in part.hits if h.target.id in earlier), None)


def _topic_id(context: Context) -> str | None:
    turn = next((t for t in reversed(context.state.turns) if t.items), None)
    return turn.items[0] if turn else None
