"""What Prometheus reads: questions by outcome, blocks dropped, delay, feedback, errors, the snapshot that answers."""

from __future__ import annotations

from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from answering.answer import Answer, Status
from answering.desk import Desk

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The figures of one application, in a registry of their own, so that two applications can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter("motcua_questions", "Questions answered, by outcome.",
                                  ("status", "reason", "chat_channel"), registry=self.registry)
        self._dropped = Counter("motcua_dropped_blocks", "Blocks left out because a figure stood in no source.",
                                registry=self.registry)
        self._seconds = Histogram("motcua_answer_seconds", "Seconds from a question to its answer.",
                                  buckets=_SECONDS, registry=self.registry)
        self._feedback = Counter("motcua_feedback", "Ratings of answers.", ("rating",), registry=self.registry)
        self._errors = Counter("motcua_unexpected_errors", "Requests that failed in a way nobody expected.",
                               registry=self.registry)
        self._snapshot = Info("motcua_snapshot", "The snapshot that answers.", registry=self.registry)
        self._held = Gauge("motcua_corpus", "What the snapshot holds.", ("kind",), registry=self.registry)
        for rating in ("up", "down"):
            self._feedback.labels(rating)

    def answered(self, answer: Answer, chat_channel: str, seconds: float, dropped_blocks: int) -> None:
        """Count an answer."""
        self._questions.labels(Status(answer.status).value, answer.reason or "", chat_channel).inc()
        self._seconds.observe(seconds)
        self.dropped(dropped_blocks)

    def dropped(self, blocks: int) -> None:
        """Count blocks that were left out."""
        self._dropped.inc(blocks)

    def rated(self, rating: Literal["up", "down"]) -> None:
        """Count a rating."""
        self._feedback.labels(rating).inc()

    def failed(self) -> None:
        """Count an error that nobody expected."""
        self._errors.inc()

    def page(self, desk: Desk) -> bytes:
        """All figures in Prometheus's text format, with the snapshot as it is now."""
        library = desk.library
        self._snapshot.info({"id": desk.snapshot_id})
        for kind, held in (("procedures", library.procedures), ("guides", library.guides), ("faqs", library.faqs),
                           ("drifted_guides", library.drifted)):
            self._held.labels(kind).set(len(held))
        return generate_latest(self.registry)
