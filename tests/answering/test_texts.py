"""The fixed sentences: every name that the code says has its sentence, and every sentence is said somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import answering
from answering.answer import HEADINGS, Aspect, Status
from answering.texts import say
from corpus.record import SubmissionChannel

LANGUAGE = Path(answering.__file__).parent / "language"
TEXTS: dict[str, str] = yaml.safe_load((LANGUAGE / "texts.yaml").read_text(encoding="utf-8"))
GUARD = yaml.safe_load((LANGUAGE / "guard.yaml").read_text(encoding="utf-8"))
ROOMS = [Path(answering.__file__).parents[1] / room for room in ("answering", "api", "bot", "motcua")]


def names_in(path: Path) -> Iterator[str]:
    """Words that stand in the first argument of a call of `say`, and f-strings as patterns."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
            yield from _constants(node.args[0])


def _constants(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant):
        yield str(argument.value)
    elif isinstance(argument, ast.IfExp):
        yield from _constants(argument.body)
        yield from _constants(argument.orelse)
    elif isinstance(argument, ast.JoinedStr):
        yield "".join(v.value if isinstance(v, ast.Constant) else "*" for v in argument.values)  # type: ignore[misc]


SAID = sorted({name for room in ROOMS for path in room.rglob("*.py") for name in names_in(path)})


def test_the_code_says_something() -> None:
    assert {"failed", "unknown", "not_published_*"} <= set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_name_that_is_said_has_its_sentence(name: str) -> None:
    assert [key for key in TEXTS if re.fullmatch(name.replace("*", ".+"), key)], name


def test_small_talk_has_a_sentence_for_each_kind() -> None:
    assert {*GUARD["small_talk"], "human", "abuse"} <= set(TEXTS)


@pytest.mark.parametrize("aspect", Aspect)
def test_aspect_has_its_heading_and_what_to_say_when_nothing_is_published(aspect: Aspect) -> None:
    assert HEADINGS[aspect]
    # An overview is never empty: it holds the place, or says where to ask.
    assert aspect is Aspect.OVERVIEW or len(TEXTS[f"not_published_{aspect.value}"]) > 20


def test_way_to_hand_in_has_its_name() -> None:
    assert all(TEXTS[f"channel_{channel.value}"] for channel in SubmissionChannel)


def test_headings_are_those_of_the_aspects_each_its_own() -> None:
    assert list(HEADINGS) == list(Aspect)
    assert len(set(HEADINGS.values())) == len(HEADINGS)


def test_aspects_and_statuses_are_those_of_the_contract() -> None:
    assert " ".join(Aspect) == (
        "overview documents fee time place steps online forms agency conditions result legal_basis"
    )
    assert set(Status) == {"answered", "clarify", "out_of_scope", "small_talk", "emergency"}


def test_unknown_name_is_a_defect_and_not_a_blank() -> None:
    with pytest.raises(KeyError):
        say("no_such_sentence")


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_sentence_blames_nobody_and_shows_no_machinery(name: str) -> None:
    shown = TEXTS[name].lower()
    assert not re.search(r"không hợp lệ|bạn đã nhập sai|lỗi hệ thống|exception|error|null|\bapi\b|cấp huyện", shown)
    assert all(len(sentence.split()) <= 30 for sentence in re.split(r"[.!?:\n]", shown))


def test_values_are_filled_in() -> None:
    assert "1000" in say("too_long", limit=1000)
    assert "114" in say("emergency", number="114")
