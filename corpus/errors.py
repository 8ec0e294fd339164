"""The errors of the corpus, each ending in a sentence for the person who keeps the sources.

CorpusError            anything wrong with a source; catch it at an edge
├── SourceFileError    one file cannot be read; `path`, and `line` where known
└── SnapshotError      a snapshot is missing, damaged or of another format
"""

from __future__ import annotations

from pathlib import Path


class CorpusError(Exception):
    """Something is wrong with a source; the message says what, where and how to mend it."""


class SourceFileError(CorpusError):
    """One source file cannot be read. The caller may skip it and go on with the others."""

    def __init__(self, path: Path | str, problem: str, *, line: int | None = None) -> None:
        self.path, self.line, self.problem = Path(path), line, problem
        super().__init__(f"{path}{f':{line}' if line else ''}: {problem}")


class SnapshotError(CorpusError):
    """A snapshot is missing, damaged, or written by another version; the message names the command that mends it."""
