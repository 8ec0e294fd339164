"""The errors of retrieval.

RetrievalError       catch it at an edge
├── IndexDamaged     the stored index is missing, incomplete or of another format; build the snapshot anew
└── ModelUnavailable the embedding model cannot be built or loaded
"""

from __future__ import annotations

from pathlib import Path


class RetrievalError(Exception):
    """Something that searching stands on is not there; the message ends with the mend."""


class IndexDamaged(RetrievalError):
    """The stored index cannot be used."""

    def __init__(self, folder: Path, problem: str) -> None:
        self.folder = folder
        super().__init__(f"{folder}: the index cannot be read ({problem}); run `motcua corpus publish`")


class ModelUnavailable(RetrievalError):
    """The embedding model cannot be built or loaded; the message names the setting or package that mends it."""
