"""Publishes two small snapshots by turns until it is killed, which happens soon: run by `test_snapshots`.

The first argument is the home, the others are moments in seconds. For each moment a child publishes without end and
is killed with SIGKILL; then what it left is checked. At the end it rolls back. Prints one line for each moment; a
traceback is a failure.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from pathlib import Path

from builders import a_library, a_procedure

from corpus.library import Library
from corpus.snapshots import Snapshot, SnapshotStore

INDEX = b"index " * 100_000


def write_index(folder: Path) -> None:
    """An index in three files, so that a kill can come between them."""
    for name in ("terms", "vectors", "language"):
        (folder / name).write_bytes(INDEX)


def library_of(number: int) -> Library:
    """One of many small libraries."""
    return a_library([a_procedure(f"1.{number:06}", title=f"Cấp giấy số {number}")])


def publish_for_ever(home: Path) -> None:
    """Build and publish another library each time, as fast as can be."""
    store = SnapshotStore(home)
    for number in itertools.count(os.getpid() % 1_000 * 1_000):
        store.publish(store.build(library_of(number), "recipe", write_index).id)


def check_whole(snapshot: Snapshot) -> None:
    """The snapshot can be read in full."""
    assert len(snapshot.library().procedures) == 1
    assert {f.name for f in snapshot.index_folder.iterdir()} == {"terms", "vectors", "language"}
    assert all(f.read_bytes() == INDEX for f in snapshot.index_folder.iterdir())


def main() -> None:
    """Kill a child at each moment, and check."""
    home = Path(sys.argv[1])
    store = SnapshotStore(home)
    store.publish(store.build(library_of(0), "recipe", write_index).id)
    for moment in map(float, sys.argv[2:]):
        before = store.published_id()
        child = os.fork()
        if child == 0:
            publish_for_ever(home)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        key = store.published_id()
        assert key
        check_whole(store.open(key))
        for snapshot in store.all():
            check_whole(snapshot)
        left = len(list((home / "snapshots").glob(".building-*")))
        print("moved" if key != before else "stayed", f"{left} half built")  # noqa: T201
    check_whole(store.open(store.rollback()))


if __name__ == "__main__":
    main()
