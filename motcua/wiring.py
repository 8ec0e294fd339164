"""Wires the rooms together from settings: the one place where parts are constructed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from answering.desk import Desk, Published
from motcua.publishing import Progress, Publisher, open_snapshot, quiet
from motcua.settings import Settings
from retrieval.embedding.build import ensure_model
from retrieval.embedding.encoder import Encoder
from retrieval.embedding.onnx_encoder import OnnxEncoder
from storage.conversations import SqlConversationStore
from storage.database import Database, open_database
from storage.feedback import SqlFeedbackStore
from storage.migrations import upgrade

POINTER_CHECK_S = 1.0
"""How often, at most, a running process looks whether another snapshot was published."""


class CurrentSnapshot:
    """What is published, loaded; follows the pointer without dropping a question.

    The new snapshot is loaded beside the old one and takes its place in one assignment; questions under way keep
    the one they began with. A snapshot that cannot be loaded leaves the old one serving.
    """

    def __init__(
        self, publisher: Publisher, load: Callable[[], Published], report: Callable[[str, Exception], None]
    ) -> None:
        self._publisher, self._load, self._report = publisher, load, report
        self._current = load()
        self._checked = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self) -> Published:
        """The published snapshot."""
        if time.monotonic() - self._checked > POINTER_CHECK_S and self._lock.acquire(blocking=False):
            try:
                self._checked = time.monotonic()
                self._follow()
            finally:
                self._lock.release()
        return self._current

    def _follow(self) -> None:
        if self._publisher.snapshots.published_id() == self._current.snapshot_id:
            return
        try:
            self._current = self._load()
        except Exception as error:  # whatever is wrong with the new snapshot, the old one goes on serving
            self._report("snapshot_not_loaded", error)


@dataclass(frozen=True)
class Office:
    """Everything of one deployment, made when first needed."""

    settings: Settings
    progress: Progress = quiet
    say: Callable[[str], None] = lambda text: None
    report: Callable[[str, Exception], None] = lambda event, error: None

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model: a local folder where one is set, else the packaged one. Raises `ModelUnavailable`."""
        if self.settings.embedding_model:
            from retrieval.embedding.sentence_transformers_encoder import SentenceTransformersEncoder

            return SentenceTransformersEncoder(self.settings.embedding_model)
        folder = ensure_model(self.settings.home / "models", progress=self.say)
        return OnnxEncoder(folder, threads=self.settings.embedding_threads)

    @cached_property
    def publisher(self) -> Publisher:
        """Drafts and snapshots."""
        return Publisher(self.settings.home, self.settings.province, lambda: self.encoder)

    @cached_property
    def database(self) -> Database:
        """The database, migrated. Raises `StorageError`."""
        upgrade(self.settings.database)
        return open_database(self.settings.database)

    @cached_property
    def feedback(self) -> SqlFeedbackStore:
        """What people thought of answers."""
        return SqlFeedbackStore(self.database)

    @cached_property
    def current(self) -> CurrentSnapshot:
        """What is published, loaded; publishes the bundled corpus on the first start."""
        return CurrentSnapshot(self.publisher, self._load, self.report)

    @cached_property
    def desk(self) -> Desk:
        """The desk that every channel calls."""
        return Desk(self.current, SqlConversationStore(self.database), lambda: datetime.now(UTC))

    def _load(self) -> Published:
        return open_snapshot(self.publisher.published(self.progress), self.encoder)
