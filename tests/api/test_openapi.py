"""The API's description is exact: whatever it allows is served, whatever is answered stands in it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from api.problems import PROBLEM_JSON

EXAMPLES = 40
TAKING_INPUT = [("/v1/ask", "POST"), ("/v1/feedback", "POST"), ("/v1/conversations/{conversation_id}", "DELETE"),
                ("/v1/procedures", "GET"), ("/v1/procedures/{code}", "GET"), ("/v1/faqs", "GET")]
TAKING_NONE = [("/healthz", "GET"), ("/readyz", "GET"), ("/metrics", "GET")]
MODES = [*((path, method, mode) for path, method in TAKING_INPUT for mode in GenerationMode),
         *((path, method, GenerationMode.POSITIVE) for path, method in TAKING_NONE)]


@pytest.fixture(scope="session")
def described(client: TestClient) -> OpenApiSchema:
    """The description, with calls going to the application in memory."""
    return schemathesis.openapi.from_asgi("/openapi.json", client.app)


@pytest.mark.parametrize(("path", "method", "mode"), MODES)
def test_api_keeps_to_its_description(described: OpenApiSchema, path: str, method: str, mode: GenerationMode) -> None:
    """Requests made from the description, right ones and wrong ones: no 5xx, nothing that is not described."""
    # Not by schemathesis's own decorator, which sets an attribute that pytest 9 has no more.
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy(mode))
    def holds(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    holds()


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/openapi.json").json())


def test_contract_routes_are_described(document: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, operations in document["paths"].items() for method in operations}
    assert described == {*TAKING_INPUT, *TAKING_NONE}


def test_every_error_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            errors = {status: r for status, r in operation["responses"].items() if int(status) >= 400}
            assert "500" in errors
            for response in errors.values():
                assert response["content"] == {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def test_description_names_no_default_error_of_the_framework(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
