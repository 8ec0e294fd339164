"""Keeps a crowd from stopping the service: bounds on requests served at once and on what one client may send."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import describe, problem_response

BUSY_RETRY_S = 5
REMEMBERED_CLIENTS = 10_000
ALWAYS_SERVED = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches over the service must be able to tell that it is busy."""


@dataclass(frozen=True)
class Bounds:
    """How much is taken on at once.

    `asks_per_minute` is for one address, 0 for no bound. Whole communes and all subscribers of a mobile network can
    share an address, so a bound must be wide; it is there to be set when somebody misuses the service.
    """

    at_once: int = 200
    asks_per_minute: int = 0


class Traffic:
    """ASGI middleware: 503 above the bound for all, 429 above the bound for one address."""

    def __init__(self, app: ASGIApp, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._bounds, self._clock = app, bounds, clock
        self._under_way = 0
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or ask the client to come back."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_SERVED:
            return await self._app(scope, receive, send)
        if self._under_way >= self._bounds.at_once:
            return await _come_back("busy", BUSY_RETRY_S)(scope, receive, send)
        if scope["method"] == "POST" and (wait_s := self._wait_of(_client(scope))):
            return await _come_back("too_many", wait_s)(scope, receive, send)
        self._under_way += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _wait_of(self, client: str) -> int:
        """Whole seconds until this client may ask, 0 for now. A bucket holds a minute's asks and refills evenly."""
        size = self._bounds.asks_per_minute
        if not size:
            return 0
        now = self._clock()
        left, since = self._buckets.pop(client, (float(size), now))
        left = min(float(size), left + (now - since) * size / 60)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > REMEMBERED_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - left) * 60 / size))


def _come_back(kind: str, wait_s: int) -> ASGIApp:
    return problem_response(describe(kind, seconds=wait_s), {"Retry-After": str(wait_s)})


def _client(scope: Scope) -> str:
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    # A household holds a whole /64 of IPv6 addresses.
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host
