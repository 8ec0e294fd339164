"""From draft to published: check, index, publish; and what a running process needs to answer from a snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from answering.desk import Published
from answering.pipeline import question_pipeline
from corpus.assembly import assemble
from corpus.checking import check_corpus
from corpus.errors import CorpusError, SnapshotError
from corpus.library import Library
from corpus.records import DraftStore
from corpus.snapshots import Snapshot, SnapshotStore
from retrieval import index as search_index
from retrieval.documents import chunks_of, targets_of
from retrieval.embedding.encoder import Encoder
from retrieval.errors import IndexDamaged
from retrieval.language_texts import language_texts
from retrieval.lexical import Floats
from retrieval.lexicon import EVERYDAY, Lexicon
from retrieval.ranking import Weights
from retrieval.search import Searcher
from retrieval.spelling import LanguageModel, Speller

Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Progress for those who do not watch."""


class Publisher:
    """Builds and publishes snapshots of one deployment."""

    def __init__(self, home: Path, province: str, encoder: Callable[[], Encoder]) -> None:
        self._province, self._encoder = province, encoder
        self.draft, self.snapshots = DraftStore(home), SnapshotStore(home)

    def library(self) -> Library:
        """What would be published now. Raises `CorpusError`."""
        return assemble(self._province, self.draft.procedures(), self.draft.faqs())

    def publish(self, progress: Progress = quiet) -> Snapshot:
        """Check the corpus, build its snapshot and publish it. Raises `CorpusError` where the check finds errors."""
        library = self.library()
        errors = [f for f in check_corpus(library) if f.is_error]
        if errors:
            raise CorpusError(f"not published, {len(errors)} errors; the first: {errors[0]}. See `motcua corpus check`")
        snapshot = self.snapshots.build(
            library, recipe(self._encoder()), lambda folder: self._index(library, folder, progress)
        )
        self.snapshots.publish(snapshot.id)
        return snapshot

    def published(self, progress: Progress = quiet) -> Snapshot:
        """The published snapshot; the bundled corpus is published where there is none yet or its index is of an older
        version. Raises `CorpusError`."""
        key = self.snapshots.published_id()
        if key is None:
            return self.publish(progress)
        snapshot = self.snapshots.open(key)
        if snapshot.manifest["recipe"] == recipe(self._encoder()):
            return snapshot
        library = snapshot.library()
        rebuilt = self.snapshots.build(
            library, recipe(self._encoder()), lambda folder: self._index(library, folder, progress)
        )
        self.snapshots.publish(rebuilt.id, action="rebuild")
        return rebuilt

    def _index(self, library: Library, folder: Path, progress: Progress) -> None:
        procedures, faqs = list(library.procedures.values()), list(library.faqs.values())
        progress("language", 0, 1)
        language = LanguageModel.learn(language_texts(library, Lexicon.bundled()))
        index = search_index.build_index(
            targets_of(procedures, faqs, library.guides),
            chunks_of(procedures, faqs, library.guides),
            language,
            self._encoder(),
            known_vectors=self._known_vectors(),
            progress=progress,
        )
        search_index.save_index(index, folder)

    def _known_vectors(self) -> dict[str, Floats]:
        key = self.snapshots.published_id()
        try:
            earlier = search_index.load_index(self.snapshots.open(key).index_folder) if key else None
        except (SnapshotError, IndexDamaged):
            return {}
        usable = earlier is not None and earlier.encoder_name == self._encoder().name
        return search_index.vectors_by_text(earlier) if earlier is not None and usable else {}


def recipe(encoder: Encoder) -> str:
    """What the index depends on beside the corpus: another recipe makes another snapshot."""
    lexicon = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(EVERYDAY.parent.glob("*.yaml")))).hexdigest()[:12]
    return f"index-{search_index.FORMAT}/{encoder.name}/lexicon-{lexicon}"


def open_snapshot(snapshot: Snapshot, encoder: Encoder) -> Published:
    """Load a snapshot for answering. Raises `SnapshotError` or `IndexDamaged`."""
    library = snapshot.library()
    index = search_index.load_index(snapshot.index_folder)
    searcher = Searcher(index, encoder, Lexicon.bundled(), Weights.load())
    return Published(snapshot.id, library, question_pipeline(library, searcher, Speller(index.language)))
