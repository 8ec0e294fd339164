"""The form of the web chat as a browser without JavaScript sends it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from fastapi import Request

from answering.conversation import Audience
from api.contract import ID_PATTERN, MAX_ID
from api.problems import ApiProblem

_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 20


@dataclass(frozen=True)
class ChatForm:
    """What was filled in and which button was pressed: ask, an option (`choice`), a rating, or forget."""

    question: str = ""
    choice: str = ""
    rated: tuple[Literal["up", "down"], str] | None = None
    forget: bool = False
    conversation_id: str | None = None
    commune: str | None = None
    audience: Audience = Audience.RESIDENT


async def read_form(request: Request) -> ChatForm | None:
    """The form that was posted, None where the page is only asked for. Raises `ApiProblem` for what is no form."""
    if request.method != "POST":
        return None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise ApiProblem("unreadable_form")
    try:
        fields = parse_qs((await request.body()).decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:  # too many fields, or bytes that a browser would have escaped
        raise ApiProblem("unreadable_form") from error
    return _form({name: values[-1] for name, values in fields.items()})


def _form(fields: dict[str, str]) -> ChatForm:
    return ChatForm(
        question=fields.get("question", "").replace("\r\n", "\n"),
        choice=fields.get("choice", ""),
        rated=_rating(fields.get("rating", "")),
        forget=fields.get("forget") == "yes",
        conversation_id=_id(fields.get("conversation_id", "")),
        commune=fields.get("commune") or None,
        audience=Audience.TEAM if fields.get("audience") == Audience.TEAM else Audience.RESIDENT,
    )


def _rating(value: str) -> tuple[Literal["up", "down"], str] | None:
    rating, _, answer_id = value.partition(":")
    if rating not in ("up", "down") or not _id(answer_id):
        return None
    return ("up" if rating == "up" else "down", answer_id)


def _id(value: str) -> str | None:
    return value if 0 < len(value) <= MAX_ID and re.fullmatch(ID_PATTERN, value) and not value.endswith("\n") else None
