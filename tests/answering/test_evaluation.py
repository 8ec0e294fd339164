"""Measuring answers: verdicts, rates and intervals as counted by hand, and files of cases that are malformed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answering.answer import Answer, Aspect, Block, Item, Status
from answering.evaluation import (
    Asked,
    EvalCase,
    EvalError,
    Expectation,
    Rate,
    Verdict,
    evaluate,
    read_cases,
    report,
    summarise,
)


def an_item(code: str = "1.001193", *aspects: str) -> Item:
    blocks = tuple(Block(aspect=Aspect(aspect), heading="Mục", text="Nội dung.") for aspect in aspects)
    return Item(kind="procedure", code=code, title="Thủ tục", confidence=0.9, blocks=blocks)


def an_answer(*items: Item, status: Status = Status.ANSWERED, text: str = "") -> Answer:
    return Answer(conversation_id="c", answer_id="a", status=status, items=items, text=text)


def a_case(key: str = "1", group: str = "plain", turns: tuple[str, ...] = ("câu hỏi",), **expect: Any) -> EvalCase:
    return EvalCase(id=key, group=group, turns=turns, expect=Expectation(**expect))


def verdict(answer: Answer, **expect: Any) -> Verdict:
    (found,) = evaluate([a_case(**expect)], lambda _, __: Asked(answer, 0, 1.0), ["1.001193", "1.000894", "2.1"])
    assert isinstance(found, Verdict)
    return found


FIRST: list[tuple[list[str], list[list[str]], bool]] = [
    (["1.001193"], [["1.001193"]], True),
    (["1.001193"], [["1.000894", "1.001193"]], True),
    (["1.000894"], [["1.001193"]], False),
    (["1.000894", "1.001193"], [["1.001193"]], False),
    ([], [["1.001193"]], False),
    (["1.001193", "1.000894"], [["1.001193"], ["1.000894"]], True),
    (["1.000894", "1.001193"], [["1.001193"], ["1.000894"]], True),
    (["1.001193"], [["1.001193"], ["1.000894"]], False),
    (["1.001193", "1.000894", "2.1"], [["1.001193"], ["1.000894"]], False),
]


@pytest.mark.parametrize(("got", "wanted", "right"), FIRST)
def test_right_procedures_come_first_and_no_others_beside_several(
    got: list[str], wanted: list[list[str]], right: bool
) -> None:
    assert verdict(an_answer(*map(an_item, got)), codes=wanted).first is right


@pytest.mark.parametrize(
    ("shown", "wanted", "right"),
    [(["fee"], ["fee"], True), (["fee", "fee"], ["fee"], True), (["fee", "time"], ["fee"], False),
     (["fee"], ["fee", "time"], False), ([], ["fee"], False), (["time", "fee"], ["fee", "time"], True)],
)  # fmt: skip
def test_aspects_are_exactly_those_wanted(shown: list[str], wanted: list[str], right: bool) -> None:
    answer = an_answer(an_item("1.001193", *shown))
    assert verdict(answer, codes=[["1.001193"]], aspects=wanted).aspects is right


def test_aspects_of_a_second_item_do_not_count_where_one_question_was_asked() -> None:
    answer = an_answer(an_item("1.001193", "fee"), an_item("1.000894", "time"))
    assert verdict(answer, codes=[["1.001193"]], aspects=["fee"]).aspects
    assert not verdict(answer, codes=[["1.001193"], ["1.000894"]], aspects=["fee"]).aspects


def test_what_is_not_expected_is_not_judged() -> None:
    found = verdict(an_answer(an_item()))
    assert (found.status, found.first, found.aspects, found.facts) == (True, None, None, None)
    assert found.right


def test_status_and_facts_are_judged() -> None:
    answer = an_answer(status=Status.CLARIFY, text="Lệ phí: 8.000 đồng")
    assert verdict(answer, status="clarify", facts=[r"8\.000 đồng"]).right
    assert not verdict(answer, status="answered").right
    assert not verdict(answer, facts=[r"9\.000 đồng"]).right


def test_forbidden_code_makes_a_case_wrong() -> None:
    answer = an_answer(an_item("1.001193"), an_item("1.000894"))
    assert verdict(answer, not_codes=["1.000894"]).first is False
    assert verdict(answer, codes=[["1.001193"]], not_codes=["1.000894"]).first is False
    assert verdict(answer, codes=[["1.001193"]], not_codes=["2.1"]).first is True


def test_every_turn_is_asked_and_the_last_is_judged() -> None:
    heard: list[tuple[str, str]] = []

    def ask(conversation: str, question: str) -> Asked:
        heard.append((conversation, question))
        return Asked(an_answer(an_item("1.001193" if question == "hai" else "1.000894")), 1, 2.0)

    case = a_case("7", turns=("một", "hai"), codes=[["1.001193"]])
    (found,) = evaluate([case], ask, ["1.001193"])
    assert isinstance(found, Verdict)
    assert found.right
    assert heard == [("eval-7", "một"), ("eval-7", "hai")]


@pytest.mark.parametrize(
    ("codes", "counted"),
    [
        ([["1.001193"]], True),
        ([["9.9", "1.001193"]], True),
        ([["9.9"]], False),
        ([["1.001193"], ["9.9"]], False),
        ([], True),
    ],
)
def test_case_whose_codes_are_not_in_the_corpus_is_left_out(codes: list[list[str]], counted: bool) -> None:
    asked: list[str] = []

    def ask(_: str, question: str) -> Asked:
        asked.append(question)
        return Asked(an_answer(), 0, 1.0)

    case = a_case(codes=codes)
    (found,) = evaluate([case], ask, ["1.001193"])
    assert isinstance(found, Verdict) is counted
    assert bool(asked) is counted
    assert counted or found is case


# Wilson's interval at 95 %, by hand: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (95, 100, 0.8882, 0.9785),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Rate(hits, of).interval == pytest.approx((low, high), abs=1e-4)
    assert Rate(hits, of).value == hits / of


def test_rate_of_nothing_says_nothing() -> None:
    assert (Rate(0, 0).value, Rate(0, 0).interval) == (0.0, (0.0, 1.0))


@pytest.fixture
def verdicts() -> list[Verdict]:
    """Two right and one wrong in group a, one wrong in group b."""
    good, bad = an_answer(an_item("1.001193", "fee")), an_answer(status=Status.CLARIFY)
    cases = [a_case(str(n), "ab"[n == 3], status="answered", codes=[["1.001193"]]) for n in range(4)]
    made = evaluate(cases, lambda key, _: Asked(good if key in ("eval-0", "eval-1") else bad, 1, 10.0), ["1.001193"])
    return [v for v in made if isinstance(v, Verdict)]


def test_rates_are_given_by_group_and_in_all(verdicts: list[Verdict]) -> None:
    rates = summarise(verdicts)
    assert {name: (r["right"].hits, r["right"].of) for name, r in rates.items()} == {
        "a": (2, 3), "b": (0, 1), "all": (2, 4),
    }  # fmt: skip
    assert rates["all"]["aspects"].of == 0


def test_report_is_plain_data_with_every_error(verdicts: list[Verdict]) -> None:
    found = report(verdicts, [a_case("left")])
    assert json.loads(json.dumps(found)) == found
    assert (found["cases"], found["left_out"], found["dropped_blocks"]) == (4, ["left"], 4)
    assert found["groups"]["all"]["first"] == {"hits": 2, "of": 4, "rate": 0.5, "interval": [0.15, 0.85]}
    assert "aspects" not in found["groups"]["all"]
    assert [(e["id"], e["got"]["status"], e["wanted"]["codes"]) for e in found["errors"]] == [
        ("2", "clarify", [["1.001193"]]),
        ("3", "clarify", [["1.001193"]]),
    ]
    assert (found["p50_ms"], found["p95_ms"]) == (10.0, 10.0)


def test_report_of_nothing_is_no_trouble() -> None:
    assert report([], [])["cases"] == 0


# Files of cases


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "cases.jsonl"
        path.write_text(text, encoding="utf-8")
        return path

    return write


CASE = json.dumps({"id": "1", "group": "g", "turns": ["một\u2028hai"], "expect": {}, "note": "x"}, ensure_ascii=False)


def test_cases_are_read_line_by_line(a_file: Callable[[str], Path]) -> None:
    (case, _) = read_cases(a_file(f"{CASE}\n\n{CASE}\n"))
    assert (case.id, case.turns, case.expect) == ("1", ("một\u2028hai",), Expectation())


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{broken", "JSON"),
        ('{"id": "1", "group": "g", "turns": [], "expect": {}}', "turns"),
        ('{"id": "1", "group": "g", "turns": ["x"]}', "expect"),
        ('{"id": "1", "group": "g", "turns": ["x"], "expect": {"status": "fine"}}', r"expect\.status"),
    ],
)
def test_malformed_line_is_named(a_file: Callable[[str], Path], line: str, named: str) -> None:
    with pytest.raises(EvalError, match=rf"cases\.jsonl:2: .*{named}"):
        read_cases(a_file(f"{CASE}\n{line}\n"))


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("gone", "binary"):
        with pytest.raises(EvalError, match=f"{name}: cannot be read"):
            read_cases(tmp_path / name)


def test_the_projects_own_cases_are_well_formed() -> None:
    folder = Path(__file__).parents[1] / "evaluation"
    cases = [case for path in folder.glob("*.jsonl") for case in read_cases(path)]
    assert cases
    assert len({case.id for case in cases}) == len(cases)
