"""The routes of a conversation: ask, rate, forget."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from answering.answer import Answer
from api.asking import Asking, ChatChannel
from api.contract import ID_PATTERN, MAX_ID, AskRequest, FeedbackRequest
from api.json_route import JsonRoute
from api.problems import ApiProblem, declared

_POSTED = ("unreadable", "too_large", "not_json", "invalid", "too_many", "busy", "storage_failed")


def question_routes(asking: Asking) -> APIRouter:
    """POST /v1/ask and /v1/feedback, DELETE /v1/conversations/{id}."""
    router = APIRouter(prefix="/v1", route_class=JsonRoute, tags=["questions"])

    @router.post("/ask", responses=declared(*_POSTED), summary="Ask a question")
    def ask(body: AskRequest, request: Request) -> Answer:
        """The answer to one question, with its sources; buttons to choose from where the question fits several."""
        # Our own page says who it is, so that its questions are told from those of other systems.
        chat_channel: ChatChannel = "web" if request.headers.get("x-chat-channel") == "web" else "http"
        return asking.ask(body.question, chat_channel, conversation_id=body.conversation_id, commune=body.commune,
                          audience=body.audience)

    @router.post("/feedback", status_code=204, responses=declared("unknown_answer", *_POSTED), summary="Rate an answer")
    def rate(body: FeedbackRequest) -> None:
        """Keep what somebody thought of an answer; sent again, the newest rating stands."""
        if not asking.rate(body.answer_id, body.rating, body.comment):
            raise ApiProblem("unknown_answer")

    @router.delete("/conversations/{conversation_id}", status_code=204, summary="Forget a conversation",
                   responses=declared("unknown_conversation", "invalid", "busy", "storage_failed"))
    def forget(conversation_id: Annotated[str, Path(min_length=1, max_length=MAX_ID, pattern=ID_PATTERN)]) -> Response:
        """Delete a conversation with its questions, answers and ratings."""
        if not asking.forget(conversation_id):
            raise ApiProblem("unknown_conversation")
        return Response(status_code=204)

    return router
