"""Errors as problem details (RFC 9457): which there are, how they read, and how they stand in OpenAPI.

    ApiProblem            raised by routes; `kind` is a name in `language/problems.yaml`

What other layers raise is mapped here as well, once: HTTP errors of the framework, failed validation, failed storage,
and whatever nobody expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

PROBLEM_JSON = "application/problem+json"
MAX_BODY = 64 * 1024
"""Bytes of a request. The longest question that is read has 1,000 characters; a question of 10,000 still fits, so that
it gets a kind answer in place of an error."""

_LANGUAGE = Path(__file__).parent / "language"
_BY_STATUS = {400: "unreadable", 404: "not_found", 405: "wrong_method", 413: "too_large", 415: "not_json"}

log = structlog.get_logger(__name__)


class Fault(BaseModel):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(BaseModel):
    """Problem details; `type` names the kind for programs, `title` and `detail` are for people."""

    type: str = Field(examples=["urn:motcua:problem:invalid"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[Fault] = Field(default=[], description="One entry for each field that is wrong.")


class ApiProblem(Exception):
    """A request that cannot be served, for a reason that the client can read."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


ShowProblem = Callable[[Request, Problem], Response | None]
"""Renders a problem as a page for people who came with a browser, None for those who did not."""


@cache
def _texts(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((_LANGUAGE / f"{name}.yaml").read_text(encoding="utf-8")))


def describe(kind: str, /, faults: Sequence[Fault] = (), **values: object) -> Problem:
    """The problem of that kind. Raises `KeyError` for a kind that is not in the file."""
    text = _texts("problems")[kind]
    known = {"limit_kb": MAX_BODY // 1024, "seconds": 1, **values}
    return Problem(type=f"urn:motcua:problem:{kind}", title=text["title"], status=text["status"],
                   detail=str(text["detail"]).format(**known), errors=list(faults))


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response."""
    return Response(problem.model_dump_json(exclude_defaults=True), problem.status, dict(headers or {}), PROBLEM_JSON)


def declared(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """The entries of OpenAPI for the problems that an operation can answer with."""
    statuses: dict[int | str, list[str]] = {}
    for kind in (*kinds, "failed"):
        text = _texts("problems")[kind]
        statuses.setdefault(int(text["status"]), []).append(text["title"])
    return {status: {"model": Problem, "description": "; ".join(dict.fromkeys(titles))}
            for status, titles in statuses.items()}


def as_problem_json(openapi: dict[str, Any]) -> dict[str, Any]:
    """The document with problems under their own media type: FastAPI puts every model under application/json."""
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = {PROBLEM_JSON: next(iter(response["content"].values()))}
    return openapi


class ProblemHandlers:
    """Turns exceptions into responses; `handlers` is what an application takes.

    `storage_errors` are the exceptions by which a store says that it failed; their texts hold no words of residents.
    """

    def __init__(self, show: ShowProblem, storage_errors: Sequence[type[Exception]] = ()) -> None:
        self._show = show
        self.handlers: dict[int | type[Exception], Any] = {
            ApiProblem: self._known, HTTPException: self._http, RequestValidationError: self._invalid,
            **dict.fromkeys(storage_errors, self._storage)}

    def respond(self, request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
        """A page for a browser, problem details for everybody else."""
        response = self._show(request, problem) or problem_response(problem)
        response.headers.update(headers or {})
        return response

    async def _known(self, request: Request, error: ApiProblem) -> Response:
        return self.respond(request, describe(error.kind))

    async def _http(self, request: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, "failed" if error.status_code >= 500 else "unreadable")
        return self.respond(request, describe(kind), error.headers)

    async def _invalid(self, request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(e["type"] == "json_invalid" for e in errors):
            return self.respond(request, describe("unreadable"))
        faults = [_fault(e) for e in errors]
        return self.respond(request, describe("invalid", faults, first=f"{faults[0].field}: {faults[0].detail}."))

    async def _storage(self, request: Request, error: Exception) -> Response:
        log.error("storage_failed", error=type(error).__name__, detail=str(error), route=route_of(request))
        return self.respond(request, describe("storage_failed"), {"Retry-After": "30"})


def route_of(request: Request) -> str | None:
    """The path of the route, without its values: the path itself can hold the id of a conversation."""
    return getattr(request.scope.get("route"), "path", None)


def _fault(error: Mapping[str, Any]) -> Fault:
    """What pydantic found, without the value it found it in."""
    texts = _texts("faults")
    place = ".".join(str(part) for part in error["loc"][1:])
    context = {**error.get("ctx", {})}
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    return Fault(field=place or texts["body"], detail=texts.get(error["type"], texts["other"]).format(**context))
