"""How tests of answering talk to the desk, and desks over small libraries that hold what a test needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from builders import index_of
from conversing import Conversation
from sqlalchemy.orm import Session

from answering.answer import Answer
from answering.conversation import Audience
from answering.desk import Desk, Published
from answering.exchange import Exchange
from answering.pipeline import Pipeline, question_pipeline
from corpus.library import Library
from motcua.wiring import Office
from retrieval.lexicon import Lexicon
from retrieval.ranking import Weights
from retrieval.search import Searcher
from retrieval.spelling import Speller
from storage.conversations import SqlConversationStore, exchange_of
from storage.tables import ExchangeRow


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    """A new conversation with the desk over the bundled corpus."""
    return Conversation(desk)


@pytest.fixture
def team_conversation(desk: Desk) -> Conversation:
    """The same for a member of a technology team."""
    return Conversation(desk, Audience.TEAM)


@pytest.fixture
def kept(office: Office) -> Callable[[Answer], Exchange]:
    """The exchange as it is kept in the database."""

    def of(answer: Answer) -> Exchange:
        def work(session: Session) -> Exchange:
            return exchange_of(session.get_one(ExchangeRow, answer.answer_id))

        return office.database.read(work)

    return of


@pytest.fixture
def desk_over(office: Office) -> Callable[..., Desk]:
    """Makes a desk over a library: `desk_over(library)`, or over steps of one's own: `desk_over(library, steps)`."""

    def make(library: Library, pipeline: Pipeline | None = None) -> Desk:
        index = index_of(library, office.encoder)
        searcher = Searcher(index, office.encoder, Lexicon.bundled(), Weights.load())
        whole = pipeline or question_pipeline(library, searcher, Speller(index.language))
        published = Published("small", library, whole)
        return Desk(lambda: published, SqlConversationStore(office.database), lambda: datetime.now(UTC))

    return make
