"""The pages for people: the chat at `/`, which works with and without JavaScript, and one page for each procedure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from answering.answer import Answer
from answering.decide import title_of
from answering.guard import MAX_QUESTION
from answering.phrase import vietnamese_date
from answering.texts import say
from api.asking import Asking
from api.chat_form import ChatForm, read_form
from api.greeting import common_procedures
from api.presentation import calls_of, lead_of, link_of, passages_of
from api.problems import ApiProblem, Problem
from api.procedure_page import procedure_page
from api.static_files import WEB, StaticFiles

_NOT_PAGES = ("/v1/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")


@dataclass(frozen=True)
class Shown:
    """The one exchange that a page shows where no script keeps the others."""

    question: str
    answer: Answer


class WebChat:
    """Renders the pages. Their texts and layout are in `web/`; everything put into them is escaped."""

    def __init__(self, asking: Asking, files: StaticFiles) -> None:
        self._asking = asking
        self._pages = Environment(loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined,
                                  trim_blocks=True, lstrip_blocks=True)
        self._pages.filters.update(passages=passages_of, link=link_of, day=vietnamese_date)
        self._pages.globals.update(file=files.address, say=say, lead_of=lead_of, calls_of=calls_of)

    def routes(self) -> APIRouter:
        """GET and POST /, GET /thu-tuc/{code}."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        reading = ["GET", "HEAD"]

        # One route for both: of two, the framework would name only the first's methods when it refuses another.
        @router.api_route("/", methods=[*reading, "POST"])
        def chat(request: Request, form: Annotated[ChatForm | None, Depends(read_form)]) -> Response:
            return HTMLResponse(self._served(form)) if form else _kept_until_changed(request, self._chat(ChatForm()))

        @router.api_route("/thu-tuc/{code}", methods=reading)
        def procedure(request: Request, code: str) -> Response:
            return _kept_until_changed(request, self._procedure(code))

        return router

    def problem_page(self, request: Request, problem: Problem) -> Response | None:
        """A problem as a page, for people: None where a program asks."""
        accepts_page = "text/html" in request.headers.get("accept", "")
        if not accepts_page or request.url.path.startswith(_NOT_PAGES):
            return None
        page = self._pages.get_template("problem.html").render(problem=problem)
        return HTMLResponse(page, problem.status)

    def _served(self, form: ChatForm) -> str:
        if form.forget:
            if form.conversation_id:
                self._asking.forget(form.conversation_id)
            return self._chat(ChatForm(commune=form.commune, audience=form.audience), notice="forgotten")
        if form.rated:
            self._asking.rate(form.rated[1], form.rated[0])
            return self._chat(form, notice="thanks")
        return self._answered(form)

    def _answered(self, form: ChatForm) -> str:
        answer = self._asking.ask(form.choice or form.question, "web", conversation_id=form.conversation_id,
                                  commune=form.commune, audience=form.audience)
        library = self._asking.catalogue().library
        is_known = form.choice in library.procedures or form.choice in library.faqs
        asked = title_of(form.choice, library) if is_known else form.choice or form.question
        return self._chat(form, Shown(asked, answer))

    def _chat(self, form: ChatForm, shown: Shown | None = None, notice: str = "") -> str:
        library = self._asking.catalogue().library
        conversation_id = shown.answer.conversation_id if shown else form.conversation_id
        values: dict[str, Any] = {
            "common": common_procedures(library), "places": library.places, "form": form, "shown": shown,
            "notice": notice, "conversation_id": conversation_id or "", "longest": MAX_QUESTION,
            "province": library.places[0].province if library.places else ""}
        return self._pages.get_template("chat.html").render(values)

    def _procedure(self, code: str) -> str:
        library = self._asking.catalogue().library
        if code not in library.procedures:
            raise ApiProblem("not_found")
        page = procedure_page(code, library)
        self._asking.metrics.dropped(page.dropped)
        return self._pages.get_template("procedure.html").render(page=page)


def _kept_until_changed(request: Request, page: str) -> Response:
    """The page, or 304 where the browser has it already: on a slow network that is most of the waiting."""
    # Weak, because compression changes the bytes on the way.
    tag = f'W/"{hashlib.sha256(page.encode()).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(page, headers=headers)
