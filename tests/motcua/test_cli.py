"""The command as people call it: what it prints, what it changes, and one line with exit code 1 where it cannot.

Run in this process, on homes that borrow the model and the published snapshot of the tests' office.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from builders import a_portal_record, json_lines
from typer.testing import CliRunner, Result

from answering.answer import Answer
from motcua.cli import app
from motcua.wiring import Office

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    """The command sets up logging to the standard error of the moment, which is gone after the test."""
    yield
    structlog.reset_defaults()


def borrow(home: Path, office: Office, *, published: bool = True) -> Path:
    """A home of its own with the office's model and, by a link, its published snapshot."""
    shared = office.settings.home.resolve()
    key = office.current().snapshot_id
    (home / "snapshots").mkdir(parents=True)
    (home / "models").symlink_to(shared / "models")
    if published:
        (home / "snapshots" / key).symlink_to(shared / "snapshots" / key)
        (home / "snapshots" / "current").write_text(key)
    return home


@pytest.fixture(scope="module")
def home(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the tests that only ask."""
    return borrow(tmp_path_factory.mktemp("asking"), office)


def runs(home: Path) -> Run:
    """Runs the command on a home: `run("ask", "…", input=b"…", MOTCUA_PROVINCE="…")`."""

    def run(*arguments: str | Path, input: bytes | None = None, **environment: str) -> Result:  # noqa: A002
        env: dict[str, str | None] = {"MOTCUA_HOME": str(home), "MOTCUA_DATABASE_URL": None, "COLUMNS": "200"}
        return CliRunner().invoke(app, [str(a) for a in arguments], input=input, env=env | environment)

    return run


@pytest.fixture
def run(home: Path) -> Run:
    return runs(home)


def one_line_error(result: Result, *words: str) -> None:
    """The result is exit code 1 and one line that holds the words."""
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("motcua: ")
    assert all(word in lines[0] for word in words), lines[0]
    assert "Traceback" not in result.output


# ask


def test_answer_is_printed_with_its_source(run: Run) -> None:
    result = run("ask", "làm giấy khai sinh cho con cần giấy tờ gì")
    assert result.exit_code == 0
    assert "Giấy chứng sinh" in result.stdout
    assert "https://dichvucong.gov.vn/" in result.stdout


def test_json_answer_is_the_contract_and_nothing_else(run: Run) -> None:
    result = run("ask", "đăng ký kết hôn lệ phí bao nhiêu", "--json", "--conversation", "test-cli")
    answer = json.loads(result.stdout)
    assert Answer.model_validate(answer).conversation_id == "test-cli"
    assert set(answer) >= {
        "conversation_id", "answer_id", "status", "items", "options", "suggestions", "text",
    }  # fmt: skip
    item = answer["items"][0]
    assert set(item) == {"kind", "code", "faq_id", "title", "confidence", "blocks", "sources"}
    assert set(item["blocks"][0]) == {"aspect", "heading", "case", "text"}
    assert set(item["sources"][0]) == {"title", "url", "updated_at", "verified_on"}
    follow_up = json.loads(run("ask", "mất mấy ngày", "--json", "--conversation", "test-cli").stdout)
    assert [(i["code"], i["blocks"][0]["aspect"]) for i in follow_up["items"]] == [("1.000894", "time")]


def test_explanation_tells_what_each_step_found(run: Run) -> None:
    told = json.loads(run("ask", "dk tam tru can gi, sdt 0912345678", "--explain").stdout)
    assert list(told) == ["guard", "normalise", "understand", "parts", "check", "timings_ms", "answer"]
    assert "0912345678" not in json.dumps(told)
    assert "tạm trú" in told["normalise"]["text"]
    assert told["parts"][0]["hits"][0]["score"] > 0
    assert set(told["timings_ms"]) == {
        "guard", "normalise", "understand", "retrieve", "rank", "decide", "compose", "check",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("làm giấy khai sinh cho con".encode(), "answered"),
        (b"\xff\xfe\x00khai sinh\x80", None),
        (b"", "small_talk"),
    ],
)
def test_question_comes_from_standard_input(run: Run, sent: bytes, status: str | None) -> None:
    result = run("ask", "-", "--json", input=sent)
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["text"]
    assert status in (None, answer["status"])


# Errors


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"MOTCUA_PROVINCE": "Dien Bein"}, ["MOTCUA_PROVINCE", "'Dien Bein'", "Điện Biên"]),
        ({"MOTCUA_EMBEDDING_THREADS": "hai"}, ["MOTCUA_EMBEDDING_THREADS"]),
        ({"MOTCUA_DATABASE_URL": "no url"}, ["MOTCUA_DATABASE_URL"]),
        ({"MOTCUA_DATABASE_URL": "sqlite:////proc/none/x.sqlite3"}, ["/proc/none"]),
    ],
)
def test_wrong_setting_is_one_line(run: Run, environment: dict[str, str], words: list[str]) -> None:
    one_line_error(run("ask", "khai sinh", **environment), *words)


def test_damaged_snapshot_is_one_line_with_its_mend(tmp_path: Path, office: Office) -> None:
    home = borrow(tmp_path, office, published=False)
    (home / "snapshots" / "abc").mkdir()
    (home / "snapshots" / "abc" / "manifest.json").write_text("{}")
    (home / "snapshots" / "current").write_text("abc")
    one_line_error(runs(home)("ask", "khai sinh"), "abc", "motcua corpus publish")


def test_wrong_file_of_cases_is_one_line(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": 1}\n')
    one_line_error(run("eval", cases), "cases.jsonl:1")
    one_line_error(run("eval", tmp_path / "gone.jsonl"), "gone.jsonl")


def test_rolling_back_to_nothing_is_one_line(run: Run) -> None:
    one_line_error(run("corpus", "rollback"), "nothing to roll back to")


def test_file_that_cannot_be_imported_is_named(run: Run, tmp_path: Path) -> None:
    result = run("corpus", "import", tmp_path / "gone.jsonl")
    assert result.exit_code == 1
    assert "gone.jsonl: no such file" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["corpus"], ["--help"], ["ask", "--help"], ["corpus", "import", "--help"]])
def test_help_is_shown(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code in (0, 2)
    assert "Usage:" in result.output


def test_wrong_option_is_told_apart_from_a_failure(run: Run) -> None:
    assert run("ask").exit_code == 2
    assert run("serve", "--port", "0").exit_code == 2


def test_command_is_installed() -> None:
    version = subprocess.run(
        [sys.executable, "-m", "motcua", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "corpus" in version.stdout


# eval


def test_rates_are_printed_and_written(run: Run, tmp_path: Path) -> None:
    def case(key: str, group: str, question: str, **expect: Any) -> dict[str, Any]:
        return {"id": key, "group": group, "turns": [question], "expect": expect}

    cases, written = tmp_path / "cases.jsonl", tmp_path / "report.json"
    cases.write_bytes(
        json_lines(
            [
                case("1", "plain", "đăng ký kết hôn lệ phí bao nhiêu", codes=[["1.000894"]], aspects=["fee"]),
                case("2", "plain", "xin chào", status="small_talk"),
                case("3", "other", "xin chào", status="answered"),
                case("4", "other", "xin giấy bay", codes=[["9.999999"]]),
            ]
        )
    )
    result = run("eval", cases, "--json", written, "--errors")
    assert result.exit_code == 0
    report = json.loads(written.read_text(encoding="utf-8"))
    assert (report["cases"], report["left_out"], report["dropped_blocks"]) == (3, ["4"], 0)
    assert {n: (g["right"]["hits"], g["right"]["of"]) for n, g in report["groups"].items()} == {
        "all": (2, 3), "other": (0, 1), "plain": (2, 2),
    }  # fmt: skip
    assert [error["id"] for error in report["errors"]] == ["3"]
    assert re.search(r"all\W+3\W+0\.667 \[0\.21–0\.94\]", result.stdout)
    assert "3 cases counted, 1 left out" in result.stdout
    assert '"id": "3"' in result.stdout


def test_evaluation_leaves_no_trace(office: Office, tmp_path: Path) -> None:
    home = borrow(tmp_path / "home", office)
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes(json_lines([{"id": "1", "group": "g", "turns": ["xin chào"], "expect": {}}]))
    assert runs(home)("eval", cases).exit_code == 0
    assert sorted(path.name for path in home.iterdir()) == ["models", "snapshots"]


# corpus


def test_records_go_from_file_to_answer_and_back(tmp_path: Path, office: Office) -> None:
    home = borrow(tmp_path / "home", office)
    run = runs(home)
    first = (home / "snapshots" / "current").read_text()
    records = tmp_path / "records.jsonl"
    forest = a_portal_record("1.999001", "Thủ tục cấp giấy đi rừng Pú Nhung")
    records.write_bytes(json_lines([forest, a_portal_record("1.999002", "Cấp sổ nuôi voi nhà"), {"code": "x"}]))

    imported = run("corpus", "import", records)
    assert imported.exit_code == 0
    assert f"not read: {records}:3: record skipped" in imported.stdout
    assert "2 added, 0 changed, 0 same" in imported.stdout
    assert "0 added, 0 changed, 2 same" in run("corpus", "import", records).stdout
    assert json.loads(run("ask", "cấp giấy đi rừng Pú Nhung", "--json").stdout)["items"] == []

    checked = run("corpus", "check")
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[-1].startswith("0 errors, ")
    assert "2 imported records" in run("corpus", "status").stdout
    changes = run("corpus", "diff").stdout.splitlines()
    assert "1.999001 Cấp giấy đi rừng Pú Nhung: procedure – → Cấp giấy đi rừng Pú Nhung" in changes
    assert changes[-1] == f"{len(changes) - 1} changes"

    published = run("corpus", "publish")
    assert published.exit_code == 0
    second = (home / "snapshots" / "current").read_text()
    assert published.stdout.strip() == f"published {second}"
    assert f"* {second}" in run("corpus", "status").stdout
    assert run("corpus", "diff").stdout.strip() == "0 changes"
    item = json.loads(run("ask", "cấp giấy đi rừng Pú Nhung lệ phí bao nhiêu", "--json").stdout)["items"][0]
    assert item["code"] == "1.999001"
    assert "20.000 đồng" in item["blocks"][0]["text"]
    assert f"{second} is published already" in run("corpus", "publish").stdout

    assert run("corpus", "rollback").stdout.strip() == f"published {first}"
    assert (home / "snapshots" / "current").read_text() == first
    assert json.loads(run("ask", "1.999001", "--json").stdout)["status"] == "out_of_scope"
