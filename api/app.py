"""Puts the HTTP application together from what it is given. Nothing is looked up, read from settings, or global."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from answering.desk import Desk
from answering.exchange import FeedbackStore
from api.asking import Asking
from api.body_limit import BodyLimit
from api.catalogue import CurrentCatalogue
from api.listings import listing_routes
from api.metrics import Metrics
from api.problems import ProblemHandlers, as_problem_json
from api.questions import question_routes
from api.security_headers import SecurityHeaders
from api.service import service_routes
from api.static_files import StaticFiles
from api.traffic import Bounds, Traffic
from api.unexpected import Unexpected
from api.web_chat import WebChat

WORKERS = 8
"""Requests that are worked on at once; the others wait. Answering is computation under one interpreter lock, so more
workers would only make every answer wait for all the others."""

GZIP_LEVEL = 6
"""Above it the pages here get less than 1% smaller."""


def create_app(desk: Desk, feedback: FeedbackStore, *, ready: Callable[[], bool] = lambda: True,
               storage_errors: Sequence[type[Exception]] = (), bounds: Bounds | None = None, workers: int = WORKERS,
               version: str = "0") -> FastAPI:
    """The application: the public API below /v1, the web chat at /, and the routes that watch over it.

    `ready` tells whether questions can be answered, by default as soon as there is a desk; `storage_errors` are the
    exceptions by which `desk` and `feedback` say that keeping failed, answered with 503.
    """
    metrics, files = Metrics(), StaticFiles()
    asking = Asking(desk, feedback, CurrentCatalogue(lambda: desk.library), metrics)
    chat = WebChat(asking, files)
    problems = ProblemHandlers(chat.problem_page, storage_errors)
    app = _Application(
        title="Một Cửa", version=version,
        summary="Questions on administrative procedures, answered with their sources.",
        # The framework's pages on the API load scripts from elsewhere, which the security headers forbid.
        docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_with_workers(workers),
        exception_handlers=problems.handlers,
        middleware=[Middleware(SecurityHeaders),
                    Middleware(Unexpected, problems=problems, count=metrics.failed),
                    Middleware(GZipMiddleware, compresslevel=GZIP_LEVEL),
                    Middleware(Traffic, bounds=bounds or Bounds()),
                    Middleware(BodyLimit)])
    for router in (question_routes(asking), listing_routes(asking.catalogue), service_routes(desk, ready, metrics),
                   chat.routes(), files.routes()):
        app.include_router(router)
    return app


class _Application(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The API's description, with errors under the media type that they have."""
        if not self.openapi_schema:
            self.openapi_schema = as_problem_json(super().openapi())
        return self.openapi_schema


def _with_workers(workers: int) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = workers
        yield

    return lifespan
