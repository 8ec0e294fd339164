"""FAQs: sourced answers to questions that no single procedure covers, read from `corpus/faqs/<topic>.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field

from corpus.guide import Figure
from corpus.record import Frozen
from corpus.yamlfile import read_yaml_list

FAQS = Path(__file__).parent / "faqs"


class LegalSource(Frozen):
    """The law, decree, circular, decision or official page that an answer stands on."""

    title: str = Field(min_length=1)
    url: str | None = None


class Faq(Frozen):
    """One question as people ask it, with its answer, where it comes from and when that was verified."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    question: str = Field(min_length=1)
    variants: tuple[str, ...] = ()
    answer: str = Field(min_length=1)
    related: tuple[str, ...] = ()
    """Codes of procedures that a person who asks this may want next."""
    figures: tuple[Figure, ...] = ()
    sources: tuple[LegalSource, ...] = Field(min_length=1)
    verified_on: date
    topic: str = ""
    """The file that holds the FAQ, filled on reading."""


def read_faqs(path: Path) -> list[Faq]:
    """Read one topic's FAQs. Raises `SourceFileError`."""
    return [faq.model_copy(update={"topic": path.stem}) for faq in read_yaml_list(path, Faq)]


def faq_files(root: Path = FAQS) -> list[Path]:
    """The FAQ files below `root`, in a fixed order."""
    return sorted(root.glob("*.yaml"))
