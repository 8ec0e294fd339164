"""Step 7, compose: the blocks that were asked for, with their sources, and the answer as plain text."""

from __future__ import annotations

from answering.answer import HEADINGS, Aspect, Block, Item, Source
from answering.blocks import Subject, blocks_for
from answering.context import Context, Part
from answering.conversation import Audience
from answering.decide import title_of
from answering.texts import say
from corpus.library import Library

_ORDER = {aspect: i for i, aspect in enumerate(Aspect)}
CHECKLIST = (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.PLACE)
"""What a member of a technology team gets for a question on nothing in particular."""
_SUGGESTED = (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.PLACE, Aspect.ONLINE)


class Compose:
    """Composes items from the library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, context: Context) -> Context:
        """Set items, options and suggestions for the parts that are decided."""
        items = tuple(self._item(part, context) for part in context.parts if part.chosen)
        options = tuple(o for part in context.parts for o in part.options) if not items else ()
        return context.having(items=items, options=options, suggestions=_suggestions(items))

    def _item(self, part: Part, context: Context) -> Item:
        assert part.chosen
        return self._faq(part) if part.chosen in self._library.faqs else self._procedure(part, context)

    def _faq(self, part: Part) -> Item:
        faq = self._library.faqs[part.chosen or ""]
        sources = tuple(Source(title=s.title, url=s.url, verified_on=faq.verified_on) for s in faq.sources)
        block = Block(aspect=Aspect.OVERVIEW, heading=HEADINGS[Aspect.OVERVIEW], text=faq.answer)
        return Item(
            kind="faq", faq_id=faq.id, title=faq.question, confidence=part.confidence, blocks=(block,), sources=sources
        )

    def _procedure(self, part: Part, context: Context) -> Item:
        procedure = self._library.procedures[part.chosen or ""]
        guide = self._library.guide(procedure.code)
        subject = Subject(
            procedure,
            guide,
            part.text,
            part.condition,
            context.commune.name if context.commune else context.state.commune,
        )
        aspects = part.aspects or self._unasked(part, context)
        blocks = [b for aspect in sorted(aspects, key=_ORDER.__getitem__) for b in blocks_for(subject, aspect)]
        if context.audience is Audience.TEAM and guide:
            blocks += _for_teams(guide.in_person, guide.by_others)
        source = Source(
            title=f"{procedure.title} (mã {procedure.code}), Cổng Dịch vụ công quốc gia",
            url=procedure.url,
            updated_at=procedure.updated_on,
            verified_on=guide.verified_on if guide else None,
        )
        return Item(
            kind="procedure",
            code=procedure.code,
            title=title_of(procedure.code, self._library),
            confidence=part.confidence,
            blocks=tuple(blocks),
            sources=(source,),
        )

    def _unasked(self, part: Part, context: Context) -> tuple[Aspect, ...]:
        if part.condition and part.kept:
            return (Aspect.DOCUMENTS,)
        return CHECKLIST if context.audience is Audience.TEAM else (Aspect.OVERVIEW,)


def _for_teams(in_person: str, by_others: str) -> list[Block]:
    said = ((say("team_in_person"), in_person), (say("team_by_others"), by_others))
    return [Block(aspect=Aspect.CONDITIONS, heading=heading, text=text) for heading, text in said if text]


def _suggestions(items: tuple[Item, ...]) -> tuple[str, ...]:
    if len(items) != 1 or items[0].kind != "procedure":
        return ()
    shown = {block.aspect for block in items[0].blocks}
    return tuple(say(f"suggest_{a.value}") for a in _SUGGESTED if a not in shown)[:3]
