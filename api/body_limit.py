"""Refuses large requests while they are read, chunked ones too.

The framework has such a limit, but answers a declared length over it in plain text, past our errors.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MAX_BODY, describe, problem_response


class BodyLimit:
    """ASGI middleware: at most `max_body` bytes of a request are ever read."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY) -> None:
        self._app, self._max_body = app, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or answer 413."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self._max_body:
            return await problem_response(describe("too_large"))(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_body:
                # The framework's own exception: it lets nothing else pass from within the reading of a body.
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
        return None
