"""Guides: our own plain words over a record, read from `corpus/guides/<field>/<code>.yaml`.

A guide is an overlay. Fees, durations, agencies and legal bases are rendered from the record; the guide tells how
people call the procedure, what to bring in which case, and what goes wrong. Checking guides is `checking`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field

from corpus.record import Frozen
from corpus.yamlfile import read_yaml

GUIDES = Path(__file__).parent / "guides"


class Figure(Frozen):
    """A figure that the guide's text uses, and where it stands: "record" or a law with article and number."""

    text: str = Field(min_length=1)
    source: str = Field(min_length=1)


class GuideCase(Frozen):
    """What to bring in one case; `name` is None for what everybody brings.

    `when` holds short phrases by which people tell that they are in this case ("sinh ở nhà").
    """

    name: str | None = None
    when: tuple[str, ...] = ()
    items: tuple[str, ...] = Field(min_length=1)


class RecordState(Frozen):
    """The state of the record that the guide was written from; drift is measured against it."""

    updated_on: date
    decision: str | None = None


class Guide(Frozen):
    """Plain words over one procedure. Every text is for a resident; every number stands in the record or `figures`."""

    code: str
    title: str = Field(min_length=1, max_length=90)
    aliases: tuple[str, ...] = Field(min_length=3)
    questions: tuple[str, ...] = Field(min_length=3)
    summary: str = Field(min_length=1)
    papers: tuple[GuideCase, ...] = ()
    fee_note: str = ""
    time_note: str = ""
    place: str = ""
    steps: tuple[str, ...] = ()
    online: str = ""
    conditions: str = ""
    result: str = ""
    in_person: str = ""
    by_others: str = ""
    tips: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    fraud: str = ""
    figures: tuple[Figure, ...] = ()
    record: RecordState
    verified_on: date
    field: str = ""
    """The folder that holds the guide, filled on reading."""

    def texts(self) -> list[tuple[str, str]]:
        """Every text that a resident may see, each with the name of its place in the file."""
        found = [
            (name, getattr(self, name))
            for name in (
                "title",
                "summary",
                "fee_note",
                "time_note",
                "place",
                "online",
                "conditions",
                "result",
                "in_person",
                "by_others",
                "fraud",
            )
        ]
        for name in ("steps", "tips", "mistakes"):
            found += [(f"{name}[{i}]", text) for i, text in enumerate(getattr(self, name))]
        for i, case in enumerate(self.papers):
            found.append((f"papers[{i}].name", case.name or ""))
            found += [(f"papers[{i}].items[{j}]", text) for j, text in enumerate(case.items)]
        return [(name, text) for name, text in found if text]


def read_guide(path: Path) -> Guide:
    """Read one guide file.

    Raises `CorpusError` that names the file and the field to mend.
    """
    guide = read_yaml(path, Guide)
    return guide.model_copy(update={"field": path.parent.name})


def guide_files(root: Path = GUIDES) -> list[Path]:
    """The guide files below `root`, in a fixed order."""
    return sorted(root.glob("*/*.yaml"))
