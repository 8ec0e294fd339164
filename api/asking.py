"""Asks the desk on behalf of HTTP clients, web chat and API alike, and counts what became of it."""

from __future__ import annotations

import time
import uuid
from typing import Literal

from answering.answer import Answer
from answering.conversation import Audience
from answering.desk import Desk
from answering.exchange import FeedbackStore
from api.catalogue import CurrentCatalogue
from api.metrics import Metrics

ChatChannel = Literal["web", "http"]

_OURS = "http:"
"""Before the id of every conversation that is held over HTTP. Other chat channels make ids that can be guessed, such as
from the number of a chat; nobody shall go on with one of those, or delete it, by sending its id here."""


class Asking:
    """What HTTP clients can do with the desk."""

    def __init__(self, desk: Desk, feedback: FeedbackStore, catalogue: CurrentCatalogue, metrics: Metrics) -> None:
        self.desk, self.catalogue, self.metrics = desk, catalogue, metrics
        self._feedback = feedback

    def ask(self, question: str, chat_channel: ChatChannel, *, conversation_id: str | None = None,
            commune: str | None = None, audience: Audience | None = None) -> Answer:
        """Answer one question. Raises what the conversation store raises."""
        started = time.perf_counter()
        own_id = conversation_id or str(uuid.uuid4())
        reply = self.desk.ask(question, chat_channel=chat_channel, conversation_id=_OURS + own_id,
                              commune=self.catalogue().commune(commune), audience=audience)
        self.metrics.answered(reply.answer, chat_channel, time.perf_counter() - started, len(reply.context.dropped))
        return reply.answer.model_copy(update={"conversation_id": own_id})

    def forget(self, conversation_id: str) -> bool:
        """Delete a conversation; False where there was none. Raises what the conversation store raises."""
        return self.desk.forget(_OURS + conversation_id)

    def rate(self, answer_id: str, rating: Literal["up", "down"], comment: str | None = None) -> bool:
        """Keep a rating; False where no such answer was given. Raises what the feedback store raises."""
        kept = self._feedback.rate(answer_id, rating, comment)
        if kept:
            self.metrics.rated(rating)
        return kept
