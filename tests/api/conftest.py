"""What the tests of the HTTP application share: how to ask, and what every error looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def ask(client: TestClient) -> Callable[..., dict[str, Any]]:
    """Asks over HTTP, `ask(question, conversation_id=…)`; gives the answer."""

    def asked(question: str, **fields: str | None) -> dict[str, Any]:
        response = client.post("/v1/ask", json={"question": question, **fields})
        assert response.status_code == 200, response.text
        return dict(response.json())

    return asked


@pytest.fixture
def refused() -> Callable[[Any, int, str], dict[str, Any]]:
    """Asserts that a response has the shape of every error, `refused(response, status, kind)`; gives its fields."""

    def is_problem(response: Any, status: int, kind: str) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        problem = dict(response.json())
        assert (problem["status"], problem["type"]) == (status, f"urn:motcua:problem:{kind}")
        assert problem["title"]
        assert problem["detail"]
        return problem

    return is_problem
