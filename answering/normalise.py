"""Step 2, normalise: the message in correct words. The work is `retrieval.spelling`."""

from __future__ import annotations

import re

from answering.context import Context
from answering.masking import MASK
from retrieval.spelling import Speller


class Normalise:
    """Corrects the masked question."""

    def __init__(self, speller: Speller) -> None:
        self._speller = speller

    def __call__(self, context: Context) -> Context:
        """Set `text` and `corrections`."""
        corrected = self._speller.correct(_without_masked(context.masked))
        return context.having(text=corrected.text, corrections=corrected.changes)


_MASKED = re.compile(
    rf"(?:(?:số|mã)\s+)?(?:(?:thẻ\s+)?(?:căn cước(?: công dân)?|cccd|cmnd|cmt|chứng minh(?: thư| nhân dân)?)"
    rf"|điện thoại|sđt|đt|định danh|tài khoản|otp|mật khẩu)?\s*(?:của\s+\w+\s*)?(?:là|:|=)?\s*{re.escape(MASK)}",
    re.IGNORECASE,
)


def _without_masked(text: str) -> str:
    """The message without what was masked and its label: "số căn cước •••" says nothing about what is asked."""
    return _MASKED.sub(" ", text)
