"""Step 2, normalise: the message in correct words. The work is `retrieval.spelling`."""

from __future__ import annotations

from answering.context import Context
from retrieval.spelling import Speller


class Normalise:
    """Corrects the masked question."""

    def __init__(self, speller: Speller) -> None:
        self._speller = speller

    def __call__(self, context: Context) -> Context:
        """Set `text` and `corrections`."""
        corrected = self._speller.correct(context.masked)
        return context.having(text=corrected.text, corrections=corrected.changes)
