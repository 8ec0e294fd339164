"""POST /v1/feedback: what people think of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from motcua.wiring import Office
from storage.tables import FeedbackRow

Ask = Callable[..., dict[str, Any]]
Refused = Callable[[Any, int, str], dict[str, Any]]


def kept(office: Office, answer_id: str) -> tuple[str, str | None] | None:
    row = office.database.read(lambda session: session.get(FeedbackRow, answer_id))
    return (row.rating, row.comment) if row else None


def test_rating_is_kept_with_its_comment(client: TestClient, office: Office, ask: Ask) -> None:
    answer_id = ask("đăng ký kết hôn")["answer_id"]
    body = {"answer_id": answer_id, "rating": "down", "comment": "thiếu giấy độc thân"}
    response = client.post("/v1/feedback", json=body)
    assert (response.status_code, response.content) == (204, b"")
    assert kept(office, answer_id) == ("down", "thiếu giấy độc thân")


def test_newest_rating_stands(client: TestClient, office: Office, ask: Ask) -> None:
    answer_id = ask("đăng ký kết hôn")["answer_id"]
    for rating in ("down", "down", "up"):
        assert client.post("/v1/feedback", json={"answer_id": answer_id, "rating": rating}).status_code == 204
    assert kept(office, answer_id) == ("up", None)


@pytest.mark.parametrize("answer_id", ["00000000-0000-4000-8000-000000000000", "x", "a:b", "1.001193"])
def test_unknown_answer_is_not_found(client: TestClient, refused: Refused, answer_id: str) -> None:
    problem = refused(client.post("/v1/feedback", json={"answer_id": answer_id, "rating": "up"}), 404, "unknown_answer")
    assert "answer_id" in problem["detail"]


@pytest.mark.parametrize("answer_id", ["", "x\x00", "' OR 1=1 --", "x" * 101])
def test_answer_id_that_cannot_be_one_is_refused(client: TestClient, refused: Refused, answer_id: str) -> None:
    refused(client.post("/v1/feedback", json={"answer_id": answer_id, "rating": "up"}), 422, "invalid")


def test_personal_data_in_a_comment_is_masked(client: TestClient, office: Office, ask: Ask) -> None:
    answer_id = ask("đăng ký kết hôn")["answer_id"]
    body = {"answer_id": answer_id, "rating": "down", "comment": "gọi lại cho tôi số 0912345678\x00 nhé"}
    assert client.post("/v1/feedback", json=body).status_code == 204
    comment = (kept(office, answer_id) or ("", ""))[1] or ""
    assert "0912345678" not in comment
    assert "\x00" not in comment
