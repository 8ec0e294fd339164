"""A running process follows what is published, drops no question, and goes on serving when the new one is damaged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import a_guide, a_library, a_procedure, a_snapshot

from answering.desk import Desk
from corpus.errors import SnapshotError
from corpus.snapshots import Snapshot
from motcua import wiring
from motcua.publishing import Publisher, open_snapshot, recipe
from motcua.wiring import CurrentSnapshot, Office
from storage.conversations import SqlConversationStore


@pytest.fixture
def publisher(office: Office, tmp_path: Path) -> Publisher:
    """A deployment of its own."""
    return Publisher(tmp_path, "Điện Biên", lambda: office.encoder)


@pytest.fixture
def publish(publisher: Publisher, office: Office) -> Callable[[str], Snapshot]:
    """Publishes a small library whose one guide has the summary, as another process would."""

    def do(summary: str) -> Snapshot:
        library = a_library([a_procedure()], [a_guide(summary=summary)])
        snapshot = a_snapshot(publisher.snapshots, library, office.encoder, recipe(office.encoder))
        publisher.snapshots.publish(snapshot.id)
        return snapshot

    return do


Publish = Callable[[str], Snapshot]


@pytest.fixture
def reported() -> list[tuple[str, Exception]]:
    return []


@pytest.fixture
def current(
    publisher: Publisher,
    publish: Publish,
    office: Office,
    reported: list[tuple[str, Exception]],
    monkeypatch: pytest.MonkeyPatch,
) -> CurrentSnapshot:
    """What a process that has just started serves: the first publication. It looks for another at every question."""
    publish("Bản thứ nhất.")
    monkeypatch.setattr(wiring, "POINTER_CHECK_S", -1.0)
    return CurrentSnapshot(
        publisher,
        lambda: open_snapshot(publisher.published(), office.encoder),
        lambda event, error: reported.append((event, error)),
    )


def summary(current: CurrentSnapshot) -> str:
    return current().library.guides["1.999001"].summary


def test_new_publication_is_picked_up(current: CurrentSnapshot, publish: Publish) -> None:
    assert summary(current) == "Bản thứ nhất."
    second = publish("Bản thứ hai.")
    assert (summary(current), current().snapshot_id) == ("Bản thứ hai.", second.id)


def test_rollback_is_picked_up(current: CurrentSnapshot, publish: Publish, publisher: Publisher) -> None:
    publish("Bản thứ hai.")
    assert summary(current) == "Bản thứ hai."
    publisher.snapshots.rollback()
    assert summary(current) == "Bản thứ nhất."


def test_nothing_is_loaded_again_without_a_publication(current: CurrentSnapshot) -> None:
    assert current() is current()


def test_pointer_is_not_looked_at_more_often_than_said(
    current: CurrentSnapshot, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "POINTER_CHECK_S", 3_600.0)
    publish("Bản thứ hai.")
    assert summary(current) == "Bản thứ nhất."


@pytest.mark.parametrize("name", ["procedures.jsonl.zst", "index/terms.npz", "index/vectors.faiss", "manifest.json"])
def test_damaged_snapshot_leaves_the_old_one_serving(
    current: CurrentSnapshot, publish: Publish, reported: list[tuple[str, Exception]], name: str
) -> None:
    damaged = publish("Bản thứ hai.").folder / name
    damaged.write_bytes(damaged.read_bytes()[:-40])
    assert summary(current) == "Bản thứ nhất."
    assert {event for event, _ in reported} == {"snapshot_not_loaded"}
    assert "motcua corpus" in str(reported[0][1])


def test_mended_snapshot_is_picked_up(current: CurrentSnapshot, publish: Publish) -> None:
    damaged = publish("Bản thứ hai.").folder / "procedures.jsonl.zst"
    damaged.write_bytes(b"")
    assert summary(current) == "Bản thứ nhất."
    publish("Bản thứ hai.")
    assert summary(current) == "Bản thứ hai."


def test_process_cannot_start_on_a_damaged_snapshot_and_says_why(
    publisher: Publisher, publish: Publish, office: Office
) -> None:
    damaged = publish("Bản thứ nhất.").folder / "guides.jsonl.zst"
    damaged.write_bytes(b"")
    with pytest.raises(SnapshotError, match="run `motcua corpus publish`"):
        CurrentSnapshot(publisher, lambda: open_snapshot(publisher.published(), office.encoder), lambda *_: None)


def test_snapshot_of_another_recipe_is_indexed_anew(publisher: Publisher, office: Office) -> None:
    library = a_library([a_procedure()], [a_guide()])
    old = a_snapshot(publisher.snapshots, library, office.encoder, "recipe of last year")
    publisher.snapshots.publish(old.id)
    rebuilt = publisher.published()
    assert rebuilt.id == publisher.snapshots.published_id() != old.id
    assert rebuilt.library() == library


def test_no_question_is_dropped_while_snapshots_change(
    current: CurrentSnapshot, publish: Publish, office: Office
) -> None:
    desk = Desk(current, SqlConversationStore(office.database), lambda: datetime.now(UTC))
    texts: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            texts.append(desk.ask("xin giấy đi rừng", chat_channel="test").answer.text)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        publish(f"Bản số {'một hai ba bốn'.split()[number]}.")
    done.set()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert texts
    assert all("Bản " in text and "trục trặc" not in text for text in texts)
    assert summary(current) == "Bản số bốn."
