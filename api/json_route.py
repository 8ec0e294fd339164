"""A route that takes JSON and nothing else, and says so before anything is parsed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.problems import ApiProblem


class JsonRoute(APIRoute):
    """Refuses a body of another type with 415 and one that is not UTF-8 with 400.

    Without it the framework would answer a form with 422, and read UTF-16, which RFC 8259 rules out.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the two checks."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if self.body_field and (body := await request.body()):
                _refuse_other_than_json(request, body)
            return await handle(request)

        return checked


def _refuse_other_than_json(request: Request, body: bytes) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiProblem("not_json")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiProblem("unreadable") from error
    if "\0" in text:  # never in JSON, always in UTF-16 and UTF-32 without a mark of their order
        raise ApiProblem("unreadable")
