"""The routes by which the service is watched: alive, ready, measured."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from answering.desk import Desk
from api.contract import Health, Readiness
from api.metrics import CONTENT_TYPE, Metrics
from api.problems import ApiProblem, declared


def service_routes(desk: Desk, ready: Callable[[], bool], metrics: Metrics) -> APIRouter:
    """GET /healthz, /readyz and /metrics."""
    router = APIRouter(tags=["service"])

    @router.get("/healthz", responses=declared(), summary="Whether the process answers")
    async def healthz() -> Health:
        """Answers even when every worker is busy."""
        return Health()

    @router.get("/readyz", responses=declared("not_ready"), summary="Whether questions can be answered")
    def readyz() -> Readiness:
        """Ready once a snapshot is loaded and whatever else is needed is there."""
        if not ready():
            raise ApiProblem("not_ready")
        return Readiness(snapshot=desk.snapshot_id)

    @router.get("/metrics", responses=declared(), response_class=PlainTextResponse, summary="Figures for Prometheus")
    def measured() -> Response:
        """Figures since the process began, in Prometheus's text format."""
        return Response(metrics.page(desk), media_type=CONTENT_TYPE)

    return router
