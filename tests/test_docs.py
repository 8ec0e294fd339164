"""What the documentation says is so: commands, paths, settings, routes and examples stand against the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
import yaml
from fastapi.testclient import TestClient

from answering.answer import Aspect, Status
from corpus.checking import Finding, check_corpus
from corpus.guide import Guide
from corpus.library import Library
from corpus.record import Procedure
from motcua.cli import app
from motcua.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
PLACEHOLDER = re.compile(r"\b[A-Z]{4,}\b")
"""What a reader puts their own name for: corpus/guides/FIELD/CODE.yaml."""

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HERE_DOCUMENT = re.compile(r"<<'(\w+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_ROUTE = re.compile(r"\b(GET|POST|DELETE) (/[\w/{}]+)")
_LINK = re.compile(r"\]\(([^)#\s]+)\)")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in _FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands(block: str) -> Iterator[list[str]]:
    """The words of every command of a block, without what a here-document holds."""
    text = _HERE_DOCUMENT.sub("", block).replace("\\\n", " ")
    for line in text.splitlines():
        for part in re.split(r"&&|\|", line) if "'" not in line else [line]:
            words = shlex.split(part, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words = words[1:]
            if words:
                yield words


BASH = [(name_of(page), block) for page in PAGES for block in blocks(page, "bash")]


def subcommands() -> dict[tuple[str, ...], set[str]]:
    """The options of every command of `motcua`, by its words."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command: object, words: tuple[str, ...]) -> None:
        for name, below in getattr(command, "commands", {}).items():
            walk(below, (*words, name))
        if not hasattr(command, "commands"):
            options = (o for p in getattr(command, "params", ()) for o in p.opts)
            found[words] = {o for o in options if o.startswith("-")}

    walk(typer.main.get_command(app), ())
    return found


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def check_motcua(words: list[str]) -> None:
    known = subcommands()
    command = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in known), None)
    assert command, f"motcua has no command {' '.join(words[:2])!r}"
    rest = words[len(command):]
    assert {word for word in rest if word.startswith("--")} <= known[command]
    for word in rest:
        if re.fullmatch(r"[\w./-]+\.(jsonl|yaml|py)", word):
            assert (ROOT / word).exists(), f"{word} does not exist"


@pytest.mark.parametrize(("page", "block"), BASH, ids=[f"{page}-{i}" for i, (page, _) in enumerate(BASH)])
def test_documented_commands_exist(page: str, block: str) -> None:
    for words in commands(block):
        match words:
            case ["make", target, *rest]:
                assert target in make_targets()
                assert all(re.fullmatch(r"[A-Z]+=\S+", word) for word in rest)
            case ["motcua" | ".venv/bin/motcua", *rest]:
                check_motcua(rest)
            case [".venv/bin/python", "-m", "pytest", *paths]:
                assert all((ROOT / path).exists() for path in paths)
            case ["curl", *_] | ["export", *_] | [".venv/bin/python", "-", *_]:
                pass
            case [first, *_]:
                pytest.fail(f"{page}: nobody checks {first!r}; write it with make or motcua, or teach this test")


@pytest.mark.parametrize(("page", "block"), [b for b in BASH if "<<'END'" in b[1]])
def test_documented_programs_import_what_is_there(page: str, block: str) -> None:
    programs = [text for _, text in _HERE_DOCUMENT.findall(block)]
    assert programs
    for program in programs:
        compile(program, page, "exec")
        for line in program.splitlines():
            if line.startswith(("from ", "import ")):
                exec(line, {})  # a name that has moved away raises ImportError


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{name_of(page)} links to {target}, which does not exist"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_files_exist(page: Path) -> None:
    """Paths in backticks that begin with a folder of this project."""
    folders = "corpus|retrieval|answering|storage|api|bot|motcua|tests|benchmarks|docs|docker"
    text = page.read_text(encoding="utf-8")
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", text):
        if not PLACEHOLDER.search(path):
            assert (ROOT / path).exists(), f"{name_of(page)} names {path}, which does not exist"


def test_every_setting_stands_in_the_example_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?(MOTCUA_[A-Z_]+)=", example, re.MULTILINE))
    assert named == {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_documented_settings_exist(page: Path) -> None:
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields} | {"MOTCUA_PORT", "MOTCUA_SEED"}
    assert set(re.findall(r"\bMOTCUA_[A-Z_]+\b", page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("name", ["docs/http-api.md", "CHANGELOG.md"])
def test_documented_routes_are_those_of_the_description(client: TestClient, name: str) -> None:
    described = {
        (method.upper(), path)
        for path, operations in client.get("/openapi.json").json()["paths"].items()
        for method in operations
    }
    assert set(_ROUTE.findall((ROOT / name).read_text(encoding="utf-8"))) == described


def test_http_page_names_every_status_aspect_and_error() -> None:
    page = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
    problems = yaml.safe_load((ROOT / "api" / "language" / "problems.yaml").read_text(encoding="utf-8"))
    kinds = set(problems) - {"unreadable_form"}  # only pages for browsers say that
    for name in (*Status, *kinds):
        assert f"`{name}`" in page, f"docs/http-api.md does not name {name}"
    assert f"`{' '.join(Aspect)}`" in page.replace("\n", " ")


def test_decisions_are_numbered_in_a_row_and_complete() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: (accepted|superseded by \d{4})\.$", text, re.MULTILINE)
        heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert heads == [
            "Context", "Options left out", "Decision", "Consequences", "What would show it was wrong",
        ], page.name


@pytest.mark.parametrize("page", RUNBOOKS, ids=name_of)
def test_runbook_says_first_who_is_affected(page: Path) -> None:
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line]
    assert lines[0].startswith("# ")
    assert lines[1].startswith("**Who is affected:**")


def test_changelog_has_an_unreleased_part_by_reader() -> None:
    unreleased = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert unreleased.startswith("Unreleased\n")
    assert re.findall(r"^### (\w+)$", unreleased, re.MULTILINE) == ["Residents", "Operators", "Integrators"]


def findings_on(example: str) -> list[Finding]:
    guide = Guide.model_validate(yaml.safe_load(example))
    record = Procedure(code=guide.code, title=guide.title, sheet_only=True)
    return [f for f in check_corpus(Library({guide.code: record}, {guide.code: guide}), today=date(2026, 11, 22))
            if f.is_error]


def test_guide_examples_are_as_good_and_as_bad_as_they_claim() -> None:
    good, bad = blocks(ROOT / "CONTRIBUTING.md", "yaml")
    assert findings_on(good) == []
    problems = " ".join(f.problem for f in findings_on(bad))
    assert "500000 đồng" in problems
    assert "a sentence of" in problems
