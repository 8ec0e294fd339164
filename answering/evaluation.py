"""Measures answers against a file of cases: the right procedure first, the right aspects, the right behaviour.

Works on anything that answers; reading a file and printing a report is `motcua.cli`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from answering.answer import Answer, Item, Status


class EvalError(Exception):
    """The file of cases cannot be read; the message names the line."""


class Expectation(BaseModel):
    """What the answer to the last turn must be. Empty lists expect nothing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: Status | None = None
    codes: tuple[tuple[str, ...], ...] = ()
    """For each question in the message the codes of which any is right."""
    aspects: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Patterns that the text must match."""


class EvalCase(BaseModel):
    """One conversation and what its last answer must be."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    group: str
    turns: tuple[str, ...] = Field(min_length=1)
    expect: Expectation


@dataclass(frozen=True)
class Verdict:
    """How one case went. `first`, `aspects` and `facts` are None where the case expects nothing of the kind."""

    case: EvalCase
    answer: Answer
    status: bool
    first: bool | None
    aspects: bool | None
    facts: bool | None
    dropped: int
    duration_ms: float

    @property
    def right(self) -> bool:
        """Whether everything that the case expects holds."""
        return self.status and self.first is not False and self.aspects is not False and self.facts is not False


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval (Wilson 1927, which holds for small counts and rates near 1)."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.96, self.of, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Asked:
    """One answer as the evaluation gets it: with the blocks that the check dropped and the time it took."""

    answer: Answer
    dropped: int
    duration_ms: float


Asker = Callable[[str, str], Asked]
"""(conversation id, question) to answer."""


def read_cases(path: Path) -> list[EvalCase]:
    """Read a .jsonl file of cases. Raises `EvalError`."""
    cases = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(EvalCase.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                raise EvalError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return cases


def evaluate(cases: Sequence[EvalCase], ask: Asker, known: Iterable[str]) -> Iterator[Verdict | EvalCase]:
    """Ask every case. A case none of whose codes the corpus holds comes back as it is: it cannot be counted."""
    codes = set(known)
    for case in cases:
        if case.expect.codes and not all(any(c in codes for c in wanted) for wanted in case.expect.codes):
            yield case
            continue
        results = [ask(f"eval-{case.id}", turn) for turn in case.turns]
        yield _verdict(case, results[-1])


def _verdict(case: EvalCase, asked: Asked) -> Verdict:
    expect, answer = case.expect, asked.answer
    codes = [item.id for item in answer.items]
    first = _found(expect.codes, codes) if expect.codes else None
    if set(codes) & set(expect.not_codes):
        first = False
    shown = {block.aspect.value for item in _meant(expect, answer.items) for block in item.blocks}
    return Verdict(
        case,
        answer,
        expect.status in (None, answer.status),
        first,
        shown == set(expect.aspects) if expect.aspects else None,
        all(re.search(p, answer.text) for p in expect.facts) if expect.facts else None,
        asked.dropped,
        asked.duration_ms,
    )


def _found(wanted: tuple[tuple[str, ...], ...], codes: list[str]) -> bool:
    if len(wanted) == 1:
        return bool(codes) and codes[0] in wanted[0]
    return all(any(code in codes for code in any_of) for any_of in wanted) and len(codes) <= len(wanted)


def _meant(expect: Expectation, items: tuple[Item, ...]) -> tuple[Item, ...]:
    return items[:1] if len(expect.codes) <= 1 else items


MEASURES = ("right", "first", "aspects", "status")


def summarise(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Rate]]:
    """Rates by group and measure; the group "all" holds every case."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.case.group, []).append(verdict)
        groups.setdefault("all", []).append(verdict)
    return {name: {measure: _rate(members, measure) for measure in MEASURES} for name, members in groups.items()}


def _rate(verdicts: list[Verdict], measure: str) -> Rate:
    values = [v for v in (getattr(verdict, measure) for verdict in verdicts) if v is not None]
    return Rate(sum(values), len(values))


def report(verdicts: Sequence[Verdict], left_out: Sequence[EvalCase]) -> dict[str, Any]:
    """Everything of a run as plain data, for keeping beside another run."""
    times = sorted(v.duration_ms for v in verdicts)
    return {
        "cases": len(verdicts),
        "left_out": [c.id for c in left_out],
        "dropped_blocks": sum(v.dropped for v in verdicts),
        "p50_ms": round(_quantile(times, 0.5), 2),
        "p95_ms": round(_quantile(times, 0.95), 2),
        "groups": {
            name: {
                m: {
                    "hits": r.hits,
                    "of": r.of,
                    "rate": round(r.value, 4),
                    "interval": [round(x, 4) for x in r.interval],
                }
                for m, r in rates.items()
                if r.of
            }
            for name, rates in summarise(verdicts).items()
        },
        "errors": [json.loads(_error(v)) for v in verdicts if not v.right],
    }


def _error(verdict: Verdict) -> str:
    return json.dumps(
        {
            "id": verdict.case.id,
            "group": verdict.case.group,
            "turns": list(verdict.case.turns),
            "wanted": verdict.case.expect.model_dump(mode="json", exclude_defaults=True),
            "got": {
                "status": verdict.answer.status,
                "reason": verdict.answer.reason,
                "items": [i.id for i in verdict.answer.items],
                "aspects": sorted({b.aspect for i in verdict.answer.items for b in i.blocks}),
                "options": [o.code for o in verdict.answer.options],
            },
        },
        ensure_ascii=False,
    )


def _quantile(ordered: Sequence[float], q: float) -> float:
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else 0.0
