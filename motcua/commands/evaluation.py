"""`motcua eval`: measure answers against a file of cases."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from answering.conversation import ConversationState
from answering.desk import Desk
from answering.evaluation import Asked, EvalCase, Verdict, evaluate, read_cases, report
from answering.exchange import Exchange
from motcua.console import office, out


class _Forgetful:
    """Keeps the states of one evaluation run in memory: an evaluation leaves no trace in the database."""

    def __init__(self) -> None:
        self._states: dict[str, ConversationState] = {}

    def load(self, conversation_id: str) -> ConversationState | None:
        return self._states.get(conversation_id)

    def keep(self, exchange: Exchange, state: ConversationState) -> None:
        self._states[exchange.conversation_id] = state

    def forget(self, conversation_id: str) -> bool:
        return self._states.pop(conversation_id, None) is not None


def evaluate_file(
    file: Annotated[Path, typer.Argument(help="Cases, one JSON object a line.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the whole report there.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Print the cases that went wrong.")] = False,
) -> None:
    """Ask every case of a file and print the rates by group with 95 % intervals; times are CPU ms a question."""
    with office() as here:
        cases = read_cases(file)
        current = here.current()
        desk = Desk(lambda: current, _Forgetful(), lambda: datetime.now(UTC))
        results = []
        for done, result in enumerate(evaluate(cases, lambda c, q: _asked(desk, c, q), current.library.procedures), 1):
            here.progress("Asking", done, len(cases))
            results.append(result)
    verdicts = [r for r in results if isinstance(r, Verdict)]
    found = report(verdicts, [r for r in results if isinstance(r, EvalCase)])
    found = {"snapshot": current.snapshot_id, "file": file.name, **found}
    _print(found)
    if errors:
        for error in found["errors"]:
            out.print_json(json.dumps(error, ensure_ascii=False), indent=None)
    if json_file:
        json_file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _asked(desk: Desk, conversation: str, question: str) -> Asked:
    started = time.process_time()
    reply = desk.ask(question, chat_channel="eval", conversation_id=conversation)
    return Asked(reply.answer, len(reply.context.dropped), (time.process_time() - started) * 1000)


def _print(found: dict[str, Any]) -> None:
    table = Table("group", "cases", "right", "first", "aspects", "status")
    for name, rates in sorted(found["groups"].items(), key=lambda g: (g[0] == "all", g[0])):
        table.add_row(
            name, str(rates["status"]["of"]), *(_cell(rates.get(m)) for m in ("right", "first", "aspects", "status"))
        )
    out.print(table)
    out.print(
        f"snapshot {found['snapshot']}: {found['cases']} cases counted, {len(found['left_out'])} left out "
        f"(no code of theirs in the corpus), blocks dropped for a figure without a source: {found['dropped_blocks']}, "
        f"CPU p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms a question",
        markup=False,
    )


def _cell(rate: dict[str, Any] | None) -> str:
    if rate is None:
        return ""
    low, high = rate["interval"]
    return f"{rate['rate']:.3f} [{low:.2f}–{high:.2f}]"
