"""Every error is a problem detail in plain Vietnamese that says what to mend, and none holds what the client sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
import structlog
from fastapi.testclient import TestClient

from answering.desk import Desk
from api.app import create_app
from api.problems import describe
from motcua.wiring import Office
from storage.conversations import SqlConversationStore
from storage.database import open_database
from storage.errors import StorageError

Ask = Callable[..., dict[str, Any]]
Refused = Callable[[Any, int, str], dict[str, Any]]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(("body", "field", "mend"), [
    ({}, "question", "còn thiếu"),
    ({"question": None}, "question", "phải là chữ"),
    ({"question": 5}, "question", "phải là chữ"),
    ({"question": ["a"]}, "question", "phải là chữ"),
    ({"question": {"a": "b"}}, "question", "phải là chữ"),
    ({"question": True}, "question", "phải là chữ"),
    ({"question": "đ" * 10_001}, "question", "10000"),
    ({"question": "a", "audience": "boss"}, "audience", "resident, team"),
    ({"question": "a", "conversation_id": "a b"}, "conversation_id", "đúng mã"),
    ({"question": "a", "conversation_id": "a\n"}, "conversation_id", "đúng mã"),
    ({"question": "a", "conversation_id": "x" * 101}, "conversation_id", "100"),
    ({"question": "a", "conversation_id": 7}, "conversation_id", "phải là chữ"),
    ({"question": "a", "commune": "x" * 101}, "commune", "100"),
    ([], "nội dung", "đối tượng JSON"),
    ("khai sinh", "nội dung", "đối tượng JSON"),
    (1e308, "nội dung", "đối tượng JSON"),
])
def test_wrong_field_is_named_with_its_mend(client: TestClient, refused: Refused, body: Any, field: str,
                                            mend: str) -> None:
    problem = refused(client.post("/v1/ask", json=body), 422, "invalid")
    assert [fault["field"] for fault in problem["errors"]] == [field]
    assert mend in problem["errors"][0]["detail"]
    assert problem["detail"].startswith(f"{field}: ")


def test_every_wrong_field_is_named_at_once(client: TestClient, refused: Refused) -> None:
    problem = refused(client.post("/v1/feedback", json={"rating": "great", "comment": 3}), 422, "invalid")
    assert {fault["field"] for fault in problem["errors"]} == {"answer_id", "rating", "comment"}


@pytest.mark.parametrize("field", ["question", "conversation_id", "commune"])
def test_half_a_character_is_refused(client: TestClient, refused: Refused, field: str) -> None:
    body = '{"question": "a", "FIELD": "khai sinh \\ud83d"}'.replace("FIELD", field)
    problem = refused(client.post("/v1/ask", content=body, headers=JSON), 422, "invalid")
    assert problem["errors"] == [{"field": field, "detail": "có ký tự hỏng, hãy gõ lại bằng Unicode"}]


UNREADABLE = {
    "open": b"{", "words": b"khai sinh", "no value": b'{"question": }', "two": b'{"question": "a"} x',
    "raw NUL": b'{"question": "a\x00b"}', "broken UTF-8": b'{"question": "\xc3\x28"}',
    "mark of order": b"\xff\xfe{\x00}\x00",
    "UTF-16": '{"question": "a"}'.encode("utf-16"), "UTF-16 without mark": '{"question": "a"}'.encode("utf-16-le"),
    "UTF-32 without mark": '{"question": "a"}'.encode("utf-32-be"), "deep list": b"[" * 60_000,
    "deep object": b'{"a":' * 10_000, "number of 5,000 digits": b'{"question": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_json_is_refused(client: TestClient, refused: Refused, body: bytes) -> None:
    refused(client.post("/v1/ask", content=body, headers=JSON), 400, "unreadable")


@pytest.mark.parametrize("body", [b"NaN", b"null", b"true", b"1e999", b'{"question": NaN}', b'{"question": 1e999}'])
def test_odd_json_is_refused_field_by_field(client: TestClient, refused: Refused, body: bytes) -> None:
    refused(client.post("/v1/ask", content=body, headers=JSON), 422, "invalid")


def test_fields_that_nobody_knows_are_passed_over(ask: Ask) -> None:
    assert ask("xin chào", **{"__proto__": "x", "question ": "y"})["status"] == "small_talk"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json", "", ";",
                                  "application/json5", "multipart/form-data; boundary=x"])
def test_other_types_are_refused_before_they_are_read(client: TestClient, refused: Refused, kind: str) -> None:
    refused(client.post("/v1/ask", content=b'{"question": "a"}', headers={"content-type": kind}), 415, "not_json")


def test_type_with_a_charset_is_json(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/v1/ask", content='{"question": "xin chào"}'.encode(), headers=headers).status_code == 200


def test_body_over_the_limit_is_refused_by_its_declared_length(client: TestClient, refused: Refused) -> None:
    problem = refused(client.post("/v1/ask", content=b" " * (64 * 1024 + 1), headers=JSON), 413, "too_large")
    assert "64 KB" in problem["detail"]


def test_chunked_body_is_counted_while_it_is_read(client: TestClient, refused: Refused) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 16 * 1024
            yield b" " * 16 * 1024

    refused(client.post("/v1/ask", content=endless(), headers=JSON), 413, "too_large")


def test_chunked_body_within_the_limit_is_served(client: TestClient) -> None:
    chunks = iter([b'{"question": ', '"xin chào"'.encode(), b"}"])
    assert client.post("/v1/ask", content=chunks, headers=JSON).status_code == 200


def test_limit_holds_for_the_form_too(client: TestClient, refused: Refused) -> None:
    refused(client.post("/", content=b"question=" + b"a" * 70_000), 413, "too_large")


@pytest.mark.parametrize("path", [
    "/nothing", "/v1", "/v1/", "/v1/ask/", "/v1/procedures/", "/v1/conversations/", "/v1/%00", "/docs", "/.env",
    "/static/x/nothing.js", "/static/x/..%2f..%2fapp.py"])
def test_unknown_address_is_not_found(client: TestClient, refused: Refused, path: str) -> None:
    refused(client.get(path), 404, "not_found")


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("GET", "/v1/ask", {"POST"}), ("PUT", "/v1/feedback", {"POST"}), ("POST", "/v1/procedures", {"GET"}),
    ("GET", "/v1/conversations/x", {"DELETE"}), ("DELETE", "/", {"GET", "HEAD", "POST"}),
    ("TRACE", "/healthz", {"GET"}),
])
def test_wrong_method_is_told_the_right_ones(client: TestClient, refused: Refused, method: str, path: str,
                                             allowed: set[str]) -> None:
    response = client.request(method, path)
    refused(response, 405, "wrong_method")
    assert set(response.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize(("path", "field"), [
    ("/v1/procedures?limit=0", "limit"), ("/v1/procedures?limit=101", "limit"), ("/v1/procedures?limit=ba", "limit"),
    ("/v1/procedures?offset=-1", "offset"), ("/v1/faqs?offset=" + "9" * 5_000, "offset"),
    ("/v1/faqs?limit=1.5", "limit"), ("/v1/procedures?q=" + "a" * 201, "q"),
])
def test_wrong_query_is_named(client: TestClient, refused: Refused, path: str, field: str) -> None:
    problem = refused(client.get(path), 422, "invalid")
    assert [fault["field"] for fault in problem["errors"]] == [field]


def test_errors_hold_nothing_of_what_was_sent(client: TestClient) -> None:
    marker = "<b>zzqq</b>"
    responses = [
        client.post("/v1/ask", json={"question": 1, "audience": marker, "conversation_id": marker}),
        client.post("/v1/ask", json={"question": "a", "commune": marker * 20}),
        client.get(f"/v1/procedures/{marker}"), client.get(f"/{marker}"),
        client.get(f"/{marker}", headers={"accept": "text/html"}),
        client.get("/v1/procedures", params={"limit": marker}), client.delete(f"/v1/conversations/{marker}"),
    ]
    assert all(400 <= response.status_code < 500 for response in responses)
    assert not [response.text for response in responses if "zzqq" in response.text]


class TestFailures:
    """What clients see, and what the log says, when the service itself is at fault."""

    @pytest.fixture
    def without_tables(self, office: Office, tmp_path: Path) -> Iterator[TestClient]:
        """The application over a database that nobody has set up."""
        database = open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        desk = Desk(office.current, SqlConversationStore(database), lambda: datetime.now(UTC))
        with TestClient(create_app(desk, office.feedback, storage_errors=(StorageError,))) as client:
            yield client
        database.close()

    @pytest.fixture
    def broken(self, office: Office) -> Iterator[TestClient]:
        """The application over a feedback store with a defect, whose error repeats what it was given."""

        class Defective:
            def rate(self, answer_id: str, rating: Literal["up", "down"], comment: str | None) -> bool:
                raise RuntimeError(f"cannot keep {comment}")

        with TestClient(create_app(office.desk, Defective())) as client:
            yield client

    def test_failed_storage_is_unavailable_and_says_when_to_return(self, without_tables: TestClient,
                                                                   refused: Refused) -> None:
        response = without_tables.post("/v1/ask", json={"question": "khai sinh"})
        refused(response, 503, "storage_failed")
        assert int(response.headers["retry-after"]) > 0

    def test_failed_storage_is_a_calm_page_for_people(self, without_tables: TestClient) -> None:
        response = without_tables.post("/", data={"question": "khai sinh"}, headers={"accept": "text/html,*/*"})
        assert response.status_code == 503
        assert response.headers["content-type"].startswith("text/html")
        assert "Bà con thử lại sau ít phút" in response.text

    def test_failed_storage_is_logged_without_the_question(self, without_tables: TestClient) -> None:
        with structlog.testing.capture_logs() as logged:
            without_tables.post("/v1/ask", json={"question": "khai sinh cho cháu Zơ"})
        assert [(one["event"], one["route"]) for one in logged] == [("storage_failed", "/v1/ask")]
        assert "Zơ" not in json.dumps(logged, ensure_ascii=False)

    def test_defect_is_a_calm_500(self, broken: TestClient, refused: Refused) -> None:
        response = broken.post("/v1/feedback", json={"answer_id": "x", "rating": "up", "comment": "nhà Zơ"})
        problem = refused(response, 500, "failed")
        assert "Zơ" not in response.text
        assert "RuntimeError" not in response.text
        assert "errors" not in problem
        assert response.headers["x-content-type-options"] == "nosniff"

    def test_defect_is_logged_by_place_without_the_words(self, broken: TestClient) -> None:
        with structlog.testing.capture_logs() as logged:
            broken.post("/v1/feedback", json={"answer_id": "x", "rating": "up", "comment": "nhà Zơ"})
        assert [(one["event"], one["error"], one["route"]) for one in logged] == [
            ("request_failed", "RuntimeError", "/v1/feedback")]
        assert "test_http_errors.py" in logged[0]["at"][-1]
        assert "Zơ" not in json.dumps(logged, ensure_ascii=False)

    def test_defect_is_counted(self, broken: TestClient) -> None:
        broken.post("/v1/feedback", json={"answer_id": "x", "rating": "up"})
        assert "motcua_unexpected_errors_total 1.0" in broken.get("/metrics").text


def test_unknown_kind_of_problem_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        describe("nothing")
