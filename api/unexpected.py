"""The last net: an error that nobody expected becomes a calm 500 and one line in the log, without the question."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemHandlers, describe, route_of

FRAMES = 4

log = structlog.get_logger(__name__)


class Unexpected:
    """ASGI middleware.

    The framework's own net raises the error again for the server to print, and an error's text can hold a question:
    here only its class and the places it came through are logged.
    """

    def __init__(self, app: ASGIApp, problems: ProblemHandlers, count: Callable[[], None]) -> None:
        self._app, self._problems, self._count = app, problems, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request; answer 500 where that fails before anything was sent."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            request = Request(scope)
            self._count()
            log.error("request_failed", error=type(error).__name__, route=route_of(request), at=_places(error))
            if not started:
                await self._problems.respond(request, describe("failed"))(scope, receive, send)


def _places(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
