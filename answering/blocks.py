"""Renders one aspect of one procedure as plain text: the guide's words with the record's figures.

What a record does not state is said to be unpublished, never guessed; a fee of unknown amount is never "free".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from answering.answer import HEADINGS, Aspect, Block
from answering.cases import matching_cases
from answering.texts import say
from corpus.durations import write_duration
from corpus.figures import FigureSource
from corpus.guide import Guide, GuideCase
from corpus.library import spell_amount
from corpus.record import Case, Fee, Procedure, Submission, SubmissionChannel

MAX_PAPERS = 14
"""Papers of one case that are listed; the source has the rest. The record with most papers has 96."""
MAX_STEPS = 8
OVERVIEW_LINE = 220
FEW_WORDS, SHORT_NOTE = 6, 160
"""Words of a note that is a unit, and characters of one that tells charges apart."""
MAX_LINE = 420
"""Characters of one line of a clerk's text; longer ones end in "…" and the source has the rest."""


@dataclass(frozen=True)
class Subject:
    """A procedure as it is answered: its record, the guide over it, and what the person said of their own case."""

    procedure: Procedure
    guide: Guide | None
    question: str
    tells_condition: bool = False
    commune: str | None = None


def blocks_for(subject: Subject, aspect: Aspect) -> list[Block]:
    """The blocks of one aspect, the matching case first. Always at least one."""
    if aspect is Aspect.DOCUMENTS:
        return _documents(subject)
    return [_block(aspect, _RENDER[aspect](subject) or say(f"not_published_{aspect.value}"))]


def _block(aspect: Aspect, text: str, case: str | None = None) -> Block:
    return Block(aspect=aspect, heading=HEADINGS[aspect], case=case, text=text.strip())


def _documents(subject: Subject) -> list[Block]:
    guide = subject.guide
    blocks = _guided_papers(guide.papers, subject) if guide and guide.papers else _record_papers(subject)
    if subject.tells_condition and not any(b.case for b in blocks):
        blocks = (
            [*blocks[:-1], blocks[-1].model_copy(update={"text": f"{blocks[-1].text}\n{say('case_unknown')}"})]
            if blocks
            else blocks
        )
    return blocks or [_block(Aspect.DOCUMENTS, say("not_published_documents"))]


def _guided_papers(cases: tuple[GuideCase, ...], subject: Subject) -> list[Block]:
    common = [c for c in cases if c.name is None]
    special = [c for c in cases if c.name is not None]
    matched = matching_cases(subject.question, [(c.name or "", c.when) for c in special])
    blocks = [_block(Aspect.DOCUMENTS, _bullets(special[i].items), special[i].name) for i in matched]
    blocks += [_block(Aspect.DOCUMENTS, _bullets(c.items)) for c in common]
    rest = [c.name for i, c in enumerate(special) if i not in matched and c.name]
    if not blocks:
        return [_block(Aspect.DOCUMENTS, _bullets(c.items), c.name) for c in special]
    if rest and not matched:
        blocks[-1] = blocks[-1].model_copy(
            update={"text": f"{blocks[-1].text}\n{say('other_cases')}: {'; '.join(rest)}."}
        )
    return blocks


def _record_papers(subject: Subject) -> list[Block]:
    cases = [c for c in subject.procedure.cases if c.papers and not c.is_note]
    named = [c for c in cases if c.name]
    matched = matching_cases(subject.question, [(c.name or "", ()) for c in named])
    chosen = [named[i] for i in matched] + [c for c in cases if not c.name]
    return [_block(Aspect.DOCUMENTS, _papers(c), c.name) for c in (chosen if matched else cases)]


def _papers(case: Case) -> str:
    lines = []
    for paper in case.papers[:MAX_PAPERS]:
        counts = [f"{n} {word}" for n, word in ((paper.originals, "bản chính"), (paper.copies, "bản sao")) if n]
        lines.append(_short(paper.name) + (f" ({', '.join(counts)})" if counts else ""))
    more = len(case.papers) - MAX_PAPERS
    return _bullets(lines) + (f"\n{say('more')}" if more > 0 else "")


def _fee(subject: Subject) -> str:
    """Amounts by channel. Where a guide explains them in plain words, the clerk's own notes are left to the source."""
    note = subject.guide.fee_note if subject.guide else ""
    submissions = subject.procedure.submissions
    lines = _by_channel(submissions, lambda s: _fees_of(s, explained=bool(note), alone=_is_alone(s, submissions)))
    if not lines and not note:
        return say("not_in_sheet_fee" if subject.procedure.sheet_only else "not_published_fee")
    return "\n".join([*lines, *([note] if note else [])])


def _is_alone(submission: Submission, all_of_them: Sequence[Submission]) -> bool:
    """Whether the channel has one entry only; of several, each needs its description to be told apart."""
    return sum(s.channel is submission.channel for s in all_of_them) == 1


def _fees_of(submission: Submission, *, explained: bool, alone: bool) -> str:
    charged = [fee for fee in submission.fees if fee.amount]
    said = [text for fee in submission.fees if (text := _one_fee(fee, explained=explained, several=len(charged) > 1))]
    text = "; ".join(dict.fromkeys(said))
    return f"{text} ({_short(submission.description, 120)})" if text and not alone and submission.description else text


def _one_fee(fee: Fee, *, explained: bool, several: bool) -> str:
    """One charge; `explained` leaves out what the guide says better, unless notes tell `several` charges apart."""
    note = re.sub(r"^[\s\-+*•]+|[\s.;]+$", "", _short(fee.note))
    if fee.amount is None:
        return "" if explained else note
    if fee.amount == 0:
        if fee.is_exemption:
            return "" if explained else f"{say('exempt')}: {note}"
        return say("free") if explained or not note else note
    amount = spell_amount(fee)
    if note.startswith("/"):
        return f"{amount}{note}"
    wanted = several or not explained or len(note.split()) <= FEW_WORDS
    return f"{amount} ({_short(note, SHORT_NOTE) if explained else note})" if note and wanted else amount


def _time(subject: Subject) -> str:
    lines = _by_channel(subject.procedure.submissions, _time_of)
    note = subject.guide.time_note if subject.guide else ""
    return "\n".join([*lines, *([note] if note else [])]) or say("not_published_time")


def _time_of(submission: Submission) -> str:
    if submission.duration:
        return write_duration(submission.duration)
    description = submission.description
    return _short(description) if any(word in description.lower() for word in ("ngày", "giờ", "tháng")) else ""


def _by_channel(submissions: Iterable[Submission], render: Callable[[Submission], str]) -> list[str]:
    """One line for each way of handing in; one line in all where every way says the same."""
    said: dict[str, list[SubmissionChannel]] = {}
    for submission in submissions:
        if text := render(submission):
            channels = said.setdefault(text, [])
            if submission.channel not in channels:
                channels.append(submission.channel)
    if len(said) == 1 and len(next(iter(said.values()))) == len({s.channel for s in submissions}):
        return [next(iter(said))]
    return [f"• {', '.join(say(f'channel_{c.value}') for c in channels)}: {text}" for text, channels in said.items()]


def _place(subject: Subject) -> str:
    guide = subject.guide
    place = (
        (guide.place if guide else "")
        or subject.procedure.receiving_address
        or ", ".join(subject.procedure.executing_agencies)
    )
    where = say("your_commune", commune=subject.commune) if place and subject.commune else ""
    return f"{place}\n{where}".strip()


def _steps(subject: Subject) -> str:
    if subject.guide and subject.guide.steps:
        return _bullets(subject.guide.steps)
    steps = subject.procedure.steps
    more = len(steps) - MAX_STEPS
    return _bullets(_short(s) for s in steps[:MAX_STEPS]) + (f"\n{say('more')}" if more > 0 else "")


def _online(subject: Subject) -> str:
    online = [s for s in subject.procedure.submissions if s.channel is SubmissionChannel.ONLINE]
    if not online:
        return say("not_published_online") if subject.procedure.submissions else ""
    if subject.guide and subject.guide.online:
        return subject.guide.online
    return say("online_yes")


def _forms(subject: Subject) -> str:
    forms = dict.fromkeys(
        form.name for case in subject.procedure.cases for paper in case.papers for form in paper.forms
    )
    named = dict.fromkeys(
        _short(p.name)
        for case in subject.procedure.cases
        for p in case.papers
        if any(w in p.name.lower() for w in ("tờ khai", "mẫu", "đơn "))
    )
    guided = [
        i
        for c in (subject.guide.papers if subject.guide else ())
        for i in c.items
        if any(w in i.lower() for w in ("tờ khai", "mẫu", "đơn "))
    ]
    lines = list(dict.fromkeys(guided)) or list(named)[:MAX_STEPS]
    if forms:
        lines.append(f"Tệp mẫu trên Cổng Dịch vụ công: {'; '.join(list(forms)[:MAX_STEPS])}")
    return _bullets(lines)


def _agency(subject: Subject) -> str:
    return ", ".join(subject.procedure.executing_agencies)


def _conditions(subject: Subject) -> str:
    return (subject.guide.conditions if subject.guide else "") or _short(subject.procedure.conditions, 4 * MAX_LINE)


def _result(subject: Subject) -> str:
    return (subject.guide.result if subject.guide else "") or _bullets(subject.procedure.results)


def _legal_basis(subject: Subject) -> str:
    return _bullets(
        _short(f"{b.code} – {b.title}" if b.title and b.code not in b.title else b.title or b.code)
        for b in subject.procedure.legal_basis
    )


def _overview(subject: Subject) -> str:
    """What it is for, then fee, time and place in a line each: enough to know whether to read on."""
    lines = [subject.guide.summary] if subject.guide else []
    lines += [
        f"{HEADINGS[aspect]}: {text}"
        for aspect, render in ((Aspect.FEE, _fee), (Aspect.TIME, _time), (Aspect.PLACE, _place))
        if (text := _first_line(render(subject)))
    ]
    return "\n".join(lines)


def _first_line(text: str) -> str:
    """The lines by channel in one line, or the first line of anything else, short."""
    lines = [line for line in text.split("\n") if line]
    by_channel = [line.removeprefix("• ") for line in lines if line.startswith("• ")]
    return _short("; ".join(by_channel) if by_channel else lines[0] if lines else "", OVERVIEW_LINE)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def _short(text: str, limit: int = MAX_LINE) -> str:
    """The text in at most `limit` characters, cut at a space and never inside a figure with its unit."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    cut = flat[:limit].rsplit(" ", 1)[0]
    whole = FigureSource([flat])
    while " " in cut and whole.missing(cut):  # "trong 02 ngày làm việc" must not end as two days
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:") + "…"


_RENDER: dict[Aspect, Callable[[Subject], str]] = {
    Aspect.OVERVIEW: _overview,
    Aspect.FEE: _fee,
    Aspect.TIME: _time,
    Aspect.PLACE: _place,
    Aspect.STEPS: _steps,
    Aspect.ONLINE: _online,
    Aspect.FORMS: _forms,
    Aspect.AGENCY: _agency,
    Aspect.CONDITIONS: _conditions,
    Aspect.RESULT: _result,
    Aspect.LEGAL_BASIS: _legal_basis,
}
