"""One procedure as a page to print and take along: everything, by case, in the order in which it is needed.

What a resident is told in a chat is `answering.compose`; both render aspects with `answering.blocks` and hold every
figure against its sources with `answering.check`.
"""

from __future__ import annotations

from dataclasses import dataclass

from answering.answer import HEADINGS, Aspect, Block, Item, Source
from answering.blocks import Subject, blocks_for
from answering.check import Check
from answering.context import Context
from answering.conversation import ConversationState
from answering.decide import title_of
from answering.texts import say
from corpus.guide import Guide
from corpus.library import Library
from corpus.record import Procedure

_FIRST = (Aspect.FEE, Aspect.TIME, Aspect.PLACE, Aspect.STEPS, Aspect.ONLINE)
_THEN = (Aspect.CONDITIONS, Aspect.RESULT, Aspect.FORMS, Aspect.AGENCY, Aspect.LEGAL_BASIS)
_TIPS, _MISTAKES, _FRAUD, _REMARKS = "Mẹo nhỏ", "Chỗ hay sai", "Cảnh giác lừa đảo", "Lưu ý của nguồn"


@dataclass(frozen=True)
class ProcedurePage:
    """What the page shows. `dropped` counts the blocks whose figures stood in no source."""

    code: str
    title: str
    official_title: str
    blocks: tuple[Block, ...]
    source: Source
    dropped: int


def procedure_page(code: str, library: Library) -> ProcedurePage:
    """The page of a procedure. Raises `KeyError` for a code that the library does not hold."""
    record, guide = library.procedures[code], library.guide(code)
    source = Source(title=f"Cổng Dịch vụ công quốc gia, mã {code}", url=record.url, updated_at=record.updated_on,
                    verified_on=guide.verified_on if guide else None)
    item = Item(kind="procedure", code=code, title=title_of(code, library), confidence=1,
                blocks=tuple(_blocks(record, guide)))
    blank = Context(question="", state=ConversationState(conversation_id=""), answer_id="", items=(item,))
    checked = Check(library)(blank)
    return ProcedurePage(code, item.title, record.title, checked.items[0].blocks, source, len(checked.dropped))


def _blocks(record: Procedure, guide: Guide | None) -> list[Block]:
    subject = Subject(record, guide, question="")
    summary = [_block(Aspect.OVERVIEW, HEADINGS[Aspect.OVERVIEW], guide.summary)] if guide else []
    return [*summary, *_papers(subject), *(b for aspect in _FIRST for b in blocks_for(subject, aspect)),
            *(_for_helpers(guide) if guide else ()), *(_advice(guide) if guide else ()), *_remarks(record),
            *(b for aspect in _THEN for b in blocks_for(subject, aspect))]


def _papers(subject: Subject) -> list[Block]:
    """The papers of every case: who prints the page fills in another's case later."""
    cases = subject.guide.papers if subject.guide else ()
    if not cases:
        return blocks_for(Subject(subject.procedure, None, question=""), Aspect.DOCUMENTS)
    return [_block(Aspect.DOCUMENTS, HEADINGS[Aspect.DOCUMENTS], _list(case.items), case.name) for case in cases]


def _for_helpers(guide: Guide) -> list[Block]:
    said = ((say("team_in_person"), guide.in_person), (say("team_by_others"), guide.by_others))
    return [_block(Aspect.CONDITIONS, heading, text) for heading, text in said if text]


def _advice(guide: Guide) -> list[Block]:
    said = ((_TIPS, _list(guide.tips)), (_MISTAKES, _list(guide.mistakes)), (_FRAUD, guide.fraud))
    return [_block(Aspect.OVERVIEW, heading, text) for heading, text in said if text]


def _remarks(record: Procedure) -> list[Block]:
    lines = [paper.name for case in record.cases if case.is_note for paper in case.papers]
    lines += [record.note] if record.note else []
    return [_block(Aspect.DOCUMENTS, _REMARKS, _list(lines))] if lines else []


def _block(aspect: Aspect, heading: str, text: str, case: str | None = None) -> Block:
    return Block(aspect=aspect, heading=heading, case=case, text=text)


def _list(lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)
