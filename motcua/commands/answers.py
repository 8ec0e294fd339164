"""`motcua ask`: one question from the terminal, the way every channel asks it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from answering.answer import Answer
from answering.context import Context
from motcua.console import office, out


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print what each step of the pipeline found.")] = False,
    conversation: Annotated[str | None, typer.Option("--conversation", help="Go on with this conversation.")] = None,
) -> None:
    """Ask one question."""
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if question == "-" else question
    with office() as here:
        reply = here.desk.ask(text, chat_channel="cli", conversation_id=conversation)
    if explain:
        out.print_json(json.dumps(explained(reply.context), ensure_ascii=False, default=str))
    elif as_json:
        out.print_json(reply.answer.model_dump_json())
    else:
        out.print(reply.answer.text, markup=False)


def explained(context: Context) -> dict[str, Any]:
    """The context as plain data, in the order in which the steps filled it; hits are cut to what tells them apart."""
    parts = [
        {
            **{k: v for k, v in asdict(part).items() if k not in ("hits", "joined", "outcome")},
            "outcome": asdict(part.outcome) if part.outcome else None,
            "hits": [
                {
                    "id": h.target.id,
                    "title": h.target.title,
                    "score": round(h.score, 4),
                    "share": round(h.share, 4),
                    "reading": h.reading,
                    "features": h.features,
                }
                for h in part.hits[:5]
            ],
        }
        for part in context.parts
    ]
    answer = context.answer
    assert isinstance(answer, Answer)
    return {
        "guard": {
            "masked": context.masked,
            "warnings": context.warnings,
            "ended": asdict(context.ended) if context.ended else None,
        },
        "normalise": {"text": context.text, "corrections": context.corrections},
        "understand": {
            "commune": context.commune.name if context.commune else None,
            "audience": context.audience,
            "topic": context.topic_title,
        },
        "parts": parts,
        "check": {"dropped": context.dropped},
        "timings_ms": context.timings_ms,
        "answer": answer.model_dump(mode="json"),
    }
