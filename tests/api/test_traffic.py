"""A crowd is asked to come back instead of stopping the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.app import create_app
from api.traffic import Bounds, Traffic
from motcua.wiring import Office

Refused = Callable[[Any, int, str], dict[str, Any]]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def served(bounds: Bounds, clock: Clock, address: str = "203.0.113.5") -> TestClient:
    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("served")

    app = Starlette(routes=[Route("/ask", answer, methods=["GET", "POST"])])
    return TestClient(Traffic(app, bounds, clock), client=(address, 1))


def test_client_over_its_bound_waits_and_is_then_served(refused: Refused) -> None:
    clock = Clock()
    client = served(Bounds(asks_per_minute=2), clock)
    assert [client.post("/ask").status_code for _ in range(2)] == [200, 200]
    response = client.post("/ask")
    refused(response, 429, "too_many")
    wait_s = int(response.headers["retry-after"])
    assert 1 <= wait_s <= 30
    assert str(wait_s) in response.json()["detail"]
    clock.now += wait_s
    assert client.post("/ask").status_code == 200
    assert client.post("/ask").status_code == 429


def test_reading_is_not_bounded() -> None:
    client = served(Bounds(asks_per_minute=1), Clock())
    assert {client.get("/ask").status_code for _ in range(5)} == {200}


def test_no_bound_for_one_client_unless_set() -> None:
    client = served(Bounds(), Clock())
    assert {client.post("/ask").status_code for _ in range(300)} == {200}


def test_each_address_has_a_bound_of_its_own_and_a_household_one() -> None:
    app = served(Bounds(asks_per_minute=1), Clock()).app

    def post_from(address: str) -> int:
        return TestClient(app, client=(address, 1)).post("/ask").status_code

    assert [post_from("203.0.113.5"), post_from("203.0.113.5"), post_from("203.0.113.6")] == [200, 429, 200]
    assert [post_from("2001:db8:1:2::5"), post_from("2001:db8:1:2::6"), post_from("2001:db8:1:3::5")] == [200, 429, 200]


def test_more_requests_than_can_be_served_are_told_to_return() -> None:
    async def scenario() -> list[int]:
        arrived, leave = anyio.Event(), anyio.Event()
        statuses: list[int] = []

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            arrived.set()
            await leave.wait()
            await PlainTextResponse("served")(scope, receive, send)

        traffic = Traffic(slow, Bounds(at_once=1))

        async def request(path: str = "/") -> None:
            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            await traffic({"type": "http", "method": "GET", "path": path, "headers": []}, None, send)  # type: ignore[arg-type]

        async with anyio.create_task_group() as group:
            group.start_soon(request)
            await arrived.wait()
            await request()
            group.start_soon(request, "/healthz")
            leave.set()
        await request()
        return statuses

    assert sorted(anyio.run(scenario)) == [200, 200, 200, 503]


def test_crowded_application_still_tells_its_health(office: Office, refused: Refused) -> None:
    with TestClient(create_app(office.desk, office.feedback, bounds=Bounds(at_once=0))) as client:
        response = client.post("/v1/ask", json={"question": "xin chào"})
        refused(response, 503, "busy")
        assert response.headers["retry-after"] == "5"
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 200
