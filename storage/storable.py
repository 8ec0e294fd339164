"""What a text loses before it is kept: personal data, and characters that a database refuses.

The last defence only: `answering.guard` has masked a question long before it comes here.
"""

from __future__ import annotations

from answering.masking import mask


def storable(text: str) -> str:
    """`text` masked, without NUL, which PostgreSQL refuses, and half characters, which nobody can encode."""
    # Before masking, or a NUL inside an identity number would hide it.
    return mask(text.encode("utf-8", "replace").decode("utf-8").replace("\x00", ""))


def storable_or_none(text: str | None) -> str | None:
    """`storable`, for a text that may be missing."""
    return None if text is None else storable(text)
