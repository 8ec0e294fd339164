"""A conversation with a desk, as tests hold it."""

from __future__ import annotations

import uuid

from answering.answer import Answer
from answering.conversation import Audience
from answering.desk import Desk, Reply


class Conversation:
    """One conversation with a desk; `say` gives the answer, `last` keeps the whole reply."""

    def __init__(self, desk: Desk, audience: Audience | None = None) -> None:
        self.desk, self._audience, self._id = desk, audience, f"test-{uuid.uuid4()}"
        self.last: Reply | None = None

    def say(self, question: str) -> Answer:
        """Say something."""
        self.last = self.desk.ask(question, chat_channel="test", conversation_id=self._id, audience=self._audience)
        return self.last.answer
