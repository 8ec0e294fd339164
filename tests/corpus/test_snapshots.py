"""Snapshots: named by their content, built whole or not at all, published in one step, mended where damaged."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import a_guide, a_library, a_procedure, an_faq

from corpus.errors import CorpusError, SnapshotError
from corpus.library import Library
from corpus.place import Place
from corpus.record import Procedure
from corpus.snapshots import FORMAT, Snapshot, SnapshotStore, content_id

TESTS = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path)


def an_index(folder: Path) -> None:
    (folder / "terms").write_text("chỉ mục", encoding="utf-8")


def built(store: SnapshotStore, library: Library | None = None) -> Snapshot:
    return store.build(library or a_library(), "recipe", an_index)


def published(store: SnapshotStore, title: str) -> str:
    snapshot = built(store, a_library([a_procedure(title=title)]))
    store.publish(snapshot.id)
    return snapshot.id


def a_full_library() -> Library:
    return a_library(
        [a_procedure(), a_procedure("1.999002")],
        [a_guide()],
        [an_faq()],
        places=(Place(name="Xã Mường Nhé", province="Điện Biên", former=(("Xã Mường Nhé", "Huyện Mường Nhé"),)),),
        drifted=frozenset({"1.999001"}),
    )


def test_snapshot_gives_back_the_library_it_was_made_of(store: SnapshotStore) -> None:
    library = a_full_library()
    snapshot = built(store, library)
    assert snapshot.library() == library
    assert store.open(snapshot.id) == snapshot
    assert (snapshot.index_folder / "terms").read_text(encoding="utf-8") == "chỉ mục"
    assert snapshot.manifest["counts"] == {"procedures": 2, "guides": 1, "faqs": 1}


def test_same_content_is_the_same_snapshot_and_is_not_built_again(store: SnapshotStore) -> None:
    calls: list[Path] = []
    first = store.build(a_full_library(), "recipe", calls.append)
    again = store.build(a_full_library(), "recipe", calls.append)
    assert (first.id, len(calls)) == (again.id, 1)


def test_order_of_a_library_is_no_content() -> None:
    one, two = a_procedure(), a_procedure("1.999002")
    assert content_id(a_library([one, two]), "r") == content_id(a_library([two, one]), "r")


@pytest.mark.parametrize(
    "other",
    [
        a_library([a_procedure(title="Cấp lại giấy đi rừng")]),
        a_library([a_procedure()], [a_guide()]),
        a_library([a_procedure()], faqs=[an_faq()]),
        a_library([a_procedure()], places=(Place(name="Xã Sín Thầu", province="Điện Biên"),)),
        a_library([a_procedure()], drifted=frozenset({"1.999001"})),
    ],
)
def test_any_change_of_content_is_another_snapshot(other: Library) -> None:
    assert content_id(other, "recipe") != content_id(a_library(), "recipe")


def test_another_recipe_is_another_snapshot() -> None:
    assert content_id(a_library(), "encoder-1") != content_id(a_library(), "encoder-2")


def test_nothing_is_published_at_first(store: SnapshotStore) -> None:
    assert store.published_id() is None
    assert not store.all()
    assert not store.history()


def test_building_publishes_nothing(store: SnapshotStore) -> None:
    first = published(store, "Một")
    built(store, a_library([a_procedure(title="Hai")]))
    assert store.published_id() == first


def test_publishing_is_written_into_the_history_once(store: SnapshotStore) -> None:
    first = published(store, "Một")
    published(store, "Một")
    second = published(store, "Hai")
    assert store.published_id() == second
    assert [(e["id"], e["earlier"], e["action"]) for e in store.history()] == [
        (first, None, "publish"),
        (second, first, "publish"),
    ]


def test_rolling_back_goes_one_publication_back_each_time(store: SnapshotStore) -> None:
    first, second, _third = (published(store, title) for title in ("Một", "Hai", "Ba"))
    assert store.rollback() == second == store.published_id()
    assert store.rollback() == first == store.published_id()
    with pytest.raises(SnapshotError, match="nothing to roll back to"):
        store.rollback()
    assert store.published_id() == first


def test_publishing_after_a_rollback_can_be_rolled_back_to_where_it_began(store: SnapshotStore) -> None:
    first, _second = published(store, "Một"), published(store, "Hai")
    store.rollback()
    published(store, "Ba")
    assert store.rollback() == first


def test_rolling_back_before_any_publication_says_so(store: SnapshotStore) -> None:
    with pytest.raises(SnapshotError, match="nothing to roll back to"):
        store.rollback()


def test_unknown_snapshot_cannot_be_published(store: SnapshotStore) -> None:
    first = published(store, "Một")
    with pytest.raises(SnapshotError, match=r"no snapshot 'abc'.*motcua corpus status"):
        store.publish("abc")
    assert store.published_id() == first


def test_newest_snapshot_is_listed_first(store: SnapshotStore) -> None:
    ids = []
    for day, title in enumerate(("Một", "Hai", "Ba"), 1):
        snapshot = built(store, a_library([a_procedure(title=title)]))
        manifest = snapshot.folder / "manifest.json"
        text = re.sub(r'"built_at": "[^"]*"', f'"built_at": "2026-11-0{day}"', manifest.read_text(encoding="utf-8"))
        manifest.write_text(text, encoding="utf-8")
        ids.append(snapshot.id)
    assert [snapshot.id for snapshot in store.all()] == ids[::-1]


# Damage


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def flip_a_bit(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes([*data[:-12], data[-12] ^ 1, *data[-11:]]))


def write_other_words(path: Path) -> None:
    path.write_bytes(b"khong phai the")


@pytest.mark.parametrize("damage", [cut_short, flip_a_bit, write_other_words])
@pytest.mark.parametrize("name", ["procedures.jsonl.zst", "guides.jsonl.zst", "faqs.jsonl.zst"])
def test_damaged_library_names_the_mend(store: SnapshotStore, name: str, damage: Callable[[Path], None]) -> None:
    snapshot = built(store, a_full_library())
    damage(snapshot.folder / name)
    with pytest.raises(SnapshotError, match=rf"{snapshot.id}.*{name}.*run `motcua corpus publish`"):
        store.open(snapshot.id).library()


@pytest.mark.parametrize("name", ["procedures.jsonl.zst", "index/terms", "manifest.json"])
@pytest.mark.parametrize("damage", [cut_short, Path.unlink])
def test_publishing_again_mends_a_damaged_snapshot(
    store: SnapshotStore, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    snapshot = built(store, a_full_library())
    store.publish(snapshot.id)
    damage(snapshot.folder / name)
    mended = built(store, a_full_library())
    assert (mended.id, store.published_id()) == (snapshot.id, snapshot.id)
    assert mended.library() == a_full_library()
    assert (mended.index_folder / "terms").read_text(encoding="utf-8") == "chỉ mục"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("manifest", ["", "[]", "{}", "null", "{"])
def test_snapshot_with_a_damaged_manifest_is_no_snapshot(store: SnapshotStore, manifest: str) -> None:
    snapshot = built(store)
    (snapshot.folder / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(SnapshotError, match="motcua corpus"):
        store.open(snapshot.id)


def test_snapshot_of_another_version_names_the_mend(store: SnapshotStore) -> None:
    snapshot = built(store)
    manifest = json.loads((snapshot.folder / "manifest.json").read_text(encoding="utf-8"))
    (snapshot.folder / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(SnapshotError, match="another version; run `motcua corpus publish`"):
        store.open(snapshot.id)


def test_snapshots_that_cannot_be_opened_are_not_offered(store: SnapshotStore) -> None:
    good, bad = built(store), built(store, a_full_library())
    (bad.folder / "manifest.json").write_text('{"format": 0}', encoding="utf-8")
    assert [snapshot.id for snapshot in store.all()] == [good.id]


# Failures and kills


def hidden(home: Path) -> list[str]:
    return sorted(f.name for f in (home / "snapshots").glob(".*"))


def test_index_that_cannot_be_built_leaves_nothing_behind(store: SnapshotStore, tmp_path: Path) -> None:
    first = published(store, "Một")

    def fails(folder: Path) -> None:
        (folder / "terms").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(SnapshotError, match=r"No space left on device.*what is published stays"):
        store.build(a_library([a_procedure(title="Hai")]), "recipe", fails)
    assert store.published_id() == first
    assert hidden(tmp_path) == []


def test_defect_in_building_the_index_leaves_nothing_behind_either(store: SnapshotStore, tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.build(a_library(), "recipe", fails)
    assert hidden(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, made where the tests run as root and may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_keeps_what_is_published(small_disk: Path) -> None:
    store = SnapshotStore(small_disk)
    first = published(store, "Một")
    second = built(store, a_library([a_procedure(title="Hai")]))
    (small_disk / "filler").write_bytes(b"x" * (shutil.disk_usage(small_disk).free))
    with pytest.raises(CorpusError, match="cannot be written"):
        built(store, a_library([a_procedure(title="Ba")]))
    with pytest.raises(SnapshotError, match=r"No space left on device.*what is published stays"):
        store.publish(second.id)
    assert store.published_id() == first
    assert hidden(small_disk) == []
    assert store.open(first).library().procedures["1.999001"].title == "Một"
    (small_disk / "filler").unlink()
    store.publish(second.id)
    assert store.rollback() == first


def test_killed_publisher_leaves_a_whole_snapshot_published(tmp_path: Path) -> None:
    moments = [f"{n * 0.004:.3f}" for n in range(40)]
    command = [sys.executable, str(Path(__file__).with_name("publish_until_killed.py")), str(tmp_path), *moments]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    run = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) == len(moments)
    # Kills before and after publications, and in the middle of building, or this has tested nothing.
    assert {line.split()[0] for line in lines} == {"moved", "stayed"}
    assert any(not line.endswith("0 half built") for line in lines)


def test_what_a_killed_publisher_left_half_built_is_removed_by_the_next(store: SnapshotStore, tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    root = tmp_path / "snapshots"
    dead, alive = root / f".building-{int(gone.stdout)}-x", root / f".building-{os.getpid()}-x"
    for folder in (dead, alive):
        (folder / "index").mkdir(parents=True)
    built(store)
    assert not dead.exists()
    assert alive.exists()
    assert [snapshot.id for snapshot in store.all()] == [content_id(a_library(), "recipe")]


def _publish_many(home: Path, titles: list[str]) -> None:
    store = SnapshotStore(home)
    for title in titles:
        published(store, title)


@pytest.mark.parametrize("share", ["the same snapshots", "snapshots of their own"])
def test_two_publishers_at_once_do_not_disturb_each_other(tmp_path: Path, share: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    titles = [[f"{n if share.startswith('the same') else (who, n)}" for n in range(30)] for who in range(2)]
    workers = [spawn.Process(target=_publish_many, args=(tmp_path, mine)) for mine in titles]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    store = SnapshotStore(tmp_path)
    key = store.published_id()
    assert key is not None
    last: Procedure = store.open(key).library().procedures["1.999001"]
    assert last.title in (titles[0][-1], titles[1][-1])
    assert {s.library().procedures["1.999001"].title for s in store.all()} == {*titles[0], *titles[1]}
    assert hidden(tmp_path) == []
    assert all(entry["id"] for entry in store.history())
