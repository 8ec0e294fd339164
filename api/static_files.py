"""The script, style and icon of the web chat: read once, named by their content, kept by browsers for a year."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Response

from api.problems import ApiProblem

WEB = Path(__file__).parent / "web"
_TYPES = {"chat.js": "text/javascript", "chat.css": "text/css", "icon.svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class _File:
    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:10]


class StaticFiles:
    """The few files that pages link to; nothing else below the folder can be asked for."""

    def __init__(self, root: Path = WEB) -> None:
        self._files = {name: _File((root / name).read_bytes(), kind) for name, kind in _TYPES.items()}

    def address(self, name: str) -> str:
        """Where a page finds the file: another address when its content changes, so that it may be kept forever."""
        return f"/static/{self._files[name].version}/{name}"

    def routes(self) -> APIRouter:
        """GET /static/{version}/{name}. An earlier version gives the present file, and is not kept."""
        router = APIRouter(include_in_schema=False)

        @router.api_route("/static/{version}/{name}", methods=["GET", "HEAD"])
        async def static(version: str, name: str) -> Response:
            file = self._files.get(name)
            if file is None:
                raise ApiProblem("not_found")
            caching = {"Cache-Control": _FOREVER if version == file.version else "no-cache"}
            return Response(file.content, media_type=file.media_type, headers=caching)

        return router
