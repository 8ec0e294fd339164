"""The way of a question: one tuple of named steps over one context, run in order and timed."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

import structlog

from answering.answer import Status
from answering.check import Check
from answering.compose import Compose
from answering.context import Context
from answering.decide import Decide
from answering.guard import guard
from answering.normalise import Normalise
from answering.places import PlaceFinder
from answering.rank import rank
from answering.retrieve import Retrieve
from answering.texts import say
from answering.understand import Understand
from corpus.library import Library
from retrieval.search import Searcher
from retrieval.spelling import Speller

Step = Callable[[Context], Context]

LOGGED_FRAMES = 4

log = structlog.get_logger(__name__)


class Pipeline:
    """Runs steps over a context. Any part of the list can run alone, which `--explain` and evaluation use."""

    def __init__(self, steps: tuple[tuple[str, Step], ...]) -> None:
        self.steps = steps

    def run(self, context: Context) -> Context:
        """Run the steps until one ends the question.

        A step that fails is reported and ends the question with a calm sentence. The question is never logged, nor the
        error's own text, which may quote it.
        """
        for name, step in self.steps:
            if context.ended:
                break
            started = time.perf_counter()
            try:
                context = step(context)
            except Exception as error:
                log.error("step_failed", step=name, answer_id=context.answer_id, **_told(error))
                context = context.ending(Status.OUT_OF_SCOPE, f"error_{name}", say("failed"))
            elapsed = (time.perf_counter() - started) * 1000
            context = context.having(timings_ms={**context.timings_ms, name: round(elapsed, 2)})
        return context


def _told(error: Exception) -> dict[str, object]:
    """An error's class and the places it came through."""
    frames = traceback.extract_tb(error.__traceback__)[-LOGGED_FRAMES:]
    return {"error": type(error).__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]}


def question_pipeline(library: Library, searcher: Searcher, speller: Speller) -> Pipeline:
    """The whole way of a question over one snapshot."""
    return Pipeline(
        (
            ("guard", guard),
            ("normalise", Normalise(speller)),
            ("understand", Understand(PlaceFinder(library.places))),
            ("retrieve", Retrieve(searcher)),
            ("rank", rank),
            ("decide", Decide(library)),
            ("compose", Compose(library)),
            ("check", Check(library)),
        )
    )
