"""One small real office for all tests: the bundled corpus, the real embedding model, a real SQLite database.

The snapshot is kept in `var/test-home`, outside version control, and named by its content: only the first run, and the
first after the corpus has changed, embeds texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import settings

from answering.desk import Desk
from api.app import create_app
from motcua.settings import Settings
from motcua.wiring import Office
from storage.errors import StorageError
from storage.migrations import upgrade

# Two busy cores are no reason for a property to fail.
settings.register_profile("motcua", deadline=None)
settings.load_profile("motcua")

_HOME = Path(__file__).parents[1] / "var" / "test-home"


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A deployment with the bundled corpus as it is now, and an empty database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('office') / 'motcua.sqlite3'}"
    upgrade(url)
    office = Office(Settings(_env_file=None, home=_HOME, database_url=url, province="Điện Biên", embedding_model=None))
    office.publisher.publish()
    yield office
    office.database.close()


@pytest.fixture(scope="session")
def desk(office: Office) -> Desk:
    """The desk of that office."""
    return office.desk


@pytest.fixture(scope="session")
def client(office: Office) -> Iterator[TestClient]:
    """A client of the real HTTP application, in memory."""
    app = create_app(office.desk, office.feedback, ready=lambda: True, storage_errors=(StorageError,))
    with TestClient(app) as client:
        yield client
