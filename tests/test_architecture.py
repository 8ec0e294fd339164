"""The rooms import one way: `corpus <- retrieval <- answering <- {bot, api}`, with `storage` beside (design.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("corpus", "retrieval", "answering", "storage", "bot", "api", "motcua")
MAY_IMPORT = {
    "corpus": {"corpus"},
    "retrieval": {"corpus", "retrieval"},
    "answering": {"corpus", "retrieval", "answering"},
    "storage": {"storage", "answering"},
    "bot": {"corpus", "retrieval", "answering", "bot"},
    "api": {"corpus", "retrieval", "answering", "api"},
    "motcua": set(ROOMS),
}
STORAGE_KNOWS = {"answering.exchange", "answering.conversation", "answering.masking"}
"""Values that storage keeps, and the mask that it puts on once more; nothing else of answering."""


def modules(room: str) -> Iterator[Path]:
    yield from (ROOT / room).rglob("*.py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute, so that a reader can search for them"
            yield node.module or ""


def room_of(module: str) -> str | None:
    first = module.split(".")[0]
    return first if first in ROOMS else None


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_what_lies_before_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in modules(room)
        for module in imports(path)
        if (other := room_of(module)) and other not in MAY_IMPORT[room]
    ]
    assert wrong == []


def test_nothing_but_the_composition_root_imports_channels() -> None:
    for room in set(ROOMS) - {"bot", "api", "motcua"}:
        used = {room_of(module) for path in modules(room) for module in imports(path)}
        assert not used & {"bot", "api", "motcua"}, room


def test_answering_knows_no_database_and_no_channel() -> None:
    libraries = {"sqlalchemy", "fastapi", "starlette", "httpx", "telegram", "alembic", "psycopg", "requests"}
    for room in ("corpus", "retrieval", "answering"):
        used = {module.split(".")[0] for path in modules(room) for module in imports(path)}
        assert not used & libraries, room


def test_storage_knows_only_the_values_that_it_keeps() -> None:
    known = {module for path in modules("storage") for module in imports(path) if room_of(module) == "answering"}
    assert known <= STORAGE_KNOWS


def test_no_module_is_named_for_nothing() -> None:
    for room in ROOMS:
        names = {path.stem for path in modules(room)}
        assert not names & {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base"}, room


def test_rooms_of_the_design_are_there() -> None:
    assert all((ROOT / room / "__init__.py").exists() for room in ROOMS)
