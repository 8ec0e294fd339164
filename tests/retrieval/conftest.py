"""The published index of the bundled corpus, and what searches and corrects with it."""

from __future__ import annotations

import pytest

from motcua.wiring import Office
from retrieval.index import SearchIndex, load_index
from retrieval.lexicon import Lexicon
from retrieval.ranking import Weights
from retrieval.search import Searcher
from retrieval.spelling import Speller


@pytest.fixture(scope="session")
def bundled_index(office: Office) -> SearchIndex:
    """The index of the office's snapshot, read from disk as a running process reads it."""
    return load_index(office.publisher.snapshots.open(office.current().snapshot_id).index_folder)


@pytest.fixture(scope="session")
def searcher(bundled_index: SearchIndex, office: Office) -> Searcher:
    return Searcher(bundled_index, office.encoder, Lexicon.bundled(), Weights.load())


@pytest.fixture(scope="session")
def speller(bundled_index: SearchIndex) -> Speller:
    return Speller(bundled_index.language)
