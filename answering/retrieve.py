"""Step 4, retrieve: candidates for each part of a message, by words and by meaning. The work is `retrieval.search`."""

from __future__ import annotations

from dataclasses import replace

from answering.context import Context, Part
from retrieval.search import Hit, Searcher

CANDIDATES = 12


class Retrieve:
    """Searches for each part; a part that carries on an earlier topic is also searched together with it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, context: Context) -> Context:
        """Set the hits of each part, and those with the earlier topic beside them in `joined`."""
        return context.having(parts=tuple(self._searched(part, context) for part in context.parts))

    def _searched(self, part: Part, context: Context) -> Part:
        if part.kept or not part.content:
            return part
        hits = self._search(part.content)
        topic = context.topic_title
        joined = self._search(f"{part.alternative} {topic}") if part.alternative and topic else ()
        return replace(part, hits=hits, joined=joined)

    def _search(self, text: str) -> tuple[Hit, ...]:
        return tuple(self._searcher.search(text, limit=CANDIDATES))
