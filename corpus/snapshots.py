"""Snapshots: immutable, content-addressed states of the corpus with their index, and which one is published.

A snapshot is built in a hidden folder and renamed when it is whole; publishing replaces one small file. A process that
is killed at any moment leaves the earlier snapshot published.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError, SnapshotError
from corpus.faq import Faq
from corpus.guide import Guide
from corpus.library import Library
from corpus.place import Place
from corpus.record import Procedure
from corpus.records import read_lines, write_lines

FORMAT = 1
POINTER = "current"
_KINDS = ("procedures", "guides", "faqs")


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk; `folder` holds the library's files and `index/`."""

    id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def index_folder(self) -> Path:
        """Where the index of the snapshot lies."""
        return self.folder / "index"

    def library(self) -> Library:
        """Read the library. Raises `SnapshotError`."""
        try:
            procedures = map(Procedure.model_validate_json, self._lines("procedures"))
            guides = map(Guide.model_validate_json, self._lines("guides"))
            faqs = map(Faq.model_validate_json, self._lines("faqs"))
            return Library(
                {p.code: p for p in procedures},
                {g.code: g for g in guides},
                {f.id: f for f in faqs},
                tuple(Place(**p) for p in self.manifest["places"]),
                frozenset(self.manifest["drifted"]),
            )
        except (CorpusError, ValueError) as error:
            raise SnapshotError(f"snapshot {self.id} cannot be read ({error}); run `motcua corpus publish`") from error

    def _lines(self, name: str) -> Iterable[str]:
        return read_lines(self.folder / f"{name}.jsonl.zst")


def content_id(library: Library, recipe: str) -> str:
    """The address of a library with the recipe (encoder, index format, lexicon) by which it is indexed."""
    digest = hashlib.sha256(f"{FORMAT}\n{recipe}\n".encode())
    for things in (library.procedures, library.guides, library.faqs):
        for key in sorted(things):
            digest.update(things[key].model_dump_json(exclude_defaults=True).encode())
    for place in library.places:
        digest.update(place.model_dump_json().encode())
    digest.update("\n".join(sorted(library.drifted)).encode())
    return digest.hexdigest()[:16]


class SnapshotStore:
    """The snapshots of one deployment."""

    def __init__(self, home: Path) -> None:
        self._root = home / "snapshots"

    def build(self, library: Library, recipe: str, build_index: Callable[[Path], None]) -> Snapshot:
        """Store the library and its index as a snapshot; one with the same content is there already and is returned.

        One that was damaged since is built anew. `build_index` writes the index into the folder it is given. Raises
        `CorpusError` when the disk is full; nothing is then left behind.
        """
        key = content_id(library, recipe)
        folder = self._root / key
        if not _is_whole(folder):
            self._remove_abandoned()
            try:
                self._root.mkdir(parents=True, exist_ok=True)
                working = Path(tempfile.mkdtemp(prefix=f".building-{os.getpid()}-", dir=self._root))
                try:
                    self._fill(working, library, key, recipe, build_index)
                    _put_in_place(working, folder)
                finally:
                    shutil.rmtree(working, ignore_errors=True)
            except OSError as error:
                if not _is_whole(folder):  # whole: another publisher has built the same meanwhile
                    raise SnapshotError(
                        f"{folder}: cannot be written ({error.strerror or error}); what is published stays"
                    ) from error
        return self.open(key)

    def _fill(
        self, working: Path, library: Library, key: str, recipe: str, build_index: Callable[[Path], None]
    ) -> None:
        for name in _KINDS:
            things = getattr(library, name)
            write_lines(
                working / f"{name}.jsonl.zst",
                (things[k].model_dump_json(exclude_defaults=True) for k in sorted(things)),
            )
        (working / "index").mkdir()
        build_index(working / "index")
        manifest = {
            "format": FORMAT,
            "id": key,
            "recipe": recipe,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "counts": {name: len(getattr(library, name)) for name in _KINDS},
            "places": [p.model_dump() for p in library.places],
            "drifted": sorted(library.drifted),
            "files": {str(p.relative_to(working)): _digest(p) for p in sorted(working.rglob("*")) if p.is_file()},
        }
        (working / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        for path in working.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def open(self, key: str) -> Snapshot:
        """The snapshot of that id. Raises `SnapshotError`."""
        folder = self._root / key
        try:
            manifest = dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise SnapshotError(f"no snapshot {key!r} in {self._root}; `motcua corpus status` lists them") from error
        if manifest.get("format") != FORMAT:
            raise SnapshotError(f"snapshot {key} was made by another version; run `motcua corpus publish`")
        return Snapshot(key, folder, manifest)

    def published_id(self) -> str | None:
        """The id of the published snapshot, None before the first publication."""
        try:
            return (self._root / POINTER).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def publish(self, key: str, *, action: str = "publish") -> None:
        """Make a snapshot the published one, atomically, and write it into the history. Raises `SnapshotError`."""
        self.open(key)
        earlier = self.published_id()
        if earlier == key:
            return
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "action": action, "id": key, "earlier": earlier}
        try:
            # The history first: killed in between, it names one publication too many, which no rollback asks for.
            with (self._root / "history.jsonl").open("a", encoding="utf-8") as history:
                history.write(json.dumps(entry) + "\n")
            self._point_to(key)
        except OSError as error:
            raise SnapshotError(
                f"{self._root}: cannot be written ({error.strerror or error}); what is published stays"
            ) from error

    def _point_to(self, key: str) -> None:
        with tempfile.NamedTemporaryFile(
            "w", dir=self._root, prefix=".pointer-", delete=False, encoding="utf-8"
        ) as file:
            temporary = Path(file.name)
            try:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
                os.replace(temporary, self._root / POINTER)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise

    def history(self) -> list[dict[str, Any]]:
        """Publications, the oldest first."""
        try:
            lines = (self._root / "history.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines if line.strip()]

    def rollback(self) -> str:
        """Publish the snapshot that was published before the present one; returns its id. Raises `SnapshotError`."""
        present = self.published_id()
        entry = next((e for e in reversed(self.history()) if e["id"] == present and e["action"] == "publish"), None)
        if not entry or not entry["earlier"]:
            raise SnapshotError("nothing to roll back to: no snapshot was published before the present one")
        self.publish(entry["earlier"], action="rollback")
        return str(entry["earlier"])

    def all(self) -> list[Snapshot]:
        """Every snapshot that this version can open, the newest first."""
        found = []
        for manifest in self._root.glob("[!.]*/manifest.json"):
            with suppress(SnapshotError):  # of another version or damaged: not to be published, so not to be offered
                found.append(self.open(manifest.parent.name))
        return sorted(found, key=lambda s: s.manifest["built_at"], reverse=True)

    def _remove_abandoned(self) -> None:
        """Delete what processes that no longer run left half built."""
        for folder in self._root.glob(".building-*"):
            process = int(folder.name.split("-")[1])
            if not _runs(process):
                shutil.rmtree(folder, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether every file of a snapshot is there as it was written."""
    try:
        digests = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
        return all(_digest(folder / name) == digest for name, digest in digests.items())
    except (OSError, ValueError, KeyError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_in_place(working: Path, folder: Path) -> None:
    """Rename the finished folder; a damaged one of that name makes room."""
    try:
        os.replace(working, folder)
    except OSError:
        if not folder.exists() or _is_whole(folder):
            raise
        aside = Path(tempfile.mkdtemp(prefix=f".building-{os.getpid()}-", dir=folder.parent))
        os.replace(folder, aside)
        os.replace(working, folder)
        shutil.rmtree(aside, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
