"""Says a finished context as an answer: the status, and all of it as plain text."""

from __future__ import annotations

from datetime import date

from answering.answer import Answer, Item, Option, Source, Status
from answering.context import Context
from answering.texts import say


def phrase(context: Context) -> Answer:
    """The answer of a context in which every step has run or that has ended early."""
    status, reason, lead = _outcome(context)
    warning = say("personal_data") if "personal_data" in context.warnings else ""
    text = "\n\n".join(part for part in (warning, lead, *map(_item, context.items), _options(context.options)) if part)
    return Answer(
        conversation_id=context.state.conversation_id,
        answer_id=context.answer_id,
        status=status,
        items=context.items,
        options=context.options,
        suggestions=context.suggestions,
        text=text,
        reason=reason,
    )


def _outcome(context: Context) -> tuple[Status, str, str]:
    if context.ended:
        return context.ended.status, context.ended.reason, context.ended.text or say("unknown")
    if context.items:
        return Status.ANSWERED, "found", ""
    outcome = context.parts[0].outcome if context.parts else None
    if outcome and outcome.status is Status.CLARIFY:
        return Status.CLARIFY, outcome.reason, f"{say('which_about' if outcome.reason == 'no_topic' else 'which')}"
    return Status.OUT_OF_SCOPE, outcome.reason if outcome else "no_match", say("unknown")


def _item(item: Item) -> str:
    lines = [item.title.upper() if item.kind == "procedure" else item.title]
    for block in item.blocks:
        heading = f"{block.heading} ({block.case})" if block.case else block.heading
        lines.append(
            f"{heading}: {block.text}"
            if "\n" not in block.text and len(item.blocks) > 1 and item.kind == "procedure"
            else f"{heading}:\n{block.text}"
            if item.kind == "procedure"
            else block.text
        )
    lines += [_source(source) for source in item.sources]
    return "\n".join(lines)


def _source(source: Source) -> str:
    dates = [
        say(name, date=vietnamese_date(day))
        for name, day in (("updated", source.updated_at), ("verified", source.verified_on))
        if day
    ]
    return f"{say('source')}: {source.title}{f' ({chr(59).join(dates)})'.replace(';', '; ') if dates else ''}" + (
        f"\n{source.url}" if source.url else ""
    )


def _options(options: tuple[Option, ...]) -> str:
    return "\n".join(f"{i}. {option.title}" for i, option in enumerate(options, 1))


def vietnamese_date(day: date) -> str:
    """A date as it is written in Vietnam: 27/4/2026."""
    return f"{day.day}/{day.month}/{day.year}"
