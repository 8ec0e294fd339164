"""Step 4, retrieve: candidates for each part of a message, by words and by meaning. The work is `retrieval.search`."""

from __future__ import annotations

from dataclasses import replace

from answering.context import Context, Part
from retrieval.search import Hit, Searcher

CANDIDATES = 40
WHOLE = 0.95
"""Share of a message's words from which one procedure is meant by all of it, and its pieces need no search."""
MANY = 4
"""Questions that are looked for in one message."""


class Retrieve:
    """Searches for each part; a part that carries on an earlier topic is also searched together with it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, context: Context) -> Context:
        """Set the hits of each part, and those with the earlier topic beside them in `joined`."""
        whole, *pieces = context.parts
        whole = self._searched(whole, context)
        if _means_all(whole):
            return context.having(parts=(whole,))
        return context.having(parts=(whole, *(self._searched(piece, context) for piece in pieces[:MANY])))

    def _searched(self, part: Part, context: Context) -> Part:
        if part.kept or not part.content:
            return part
        hits = self._search(part.content)
        topic = context.topic_title
        joined = self._search(f"{part.alternative} {topic}") if part.alternative and topic else ()
        return replace(part, hits=hits, joined=joined)

    def _search(self, text: str) -> tuple[Hit, ...]:
        return tuple(self._searcher.search(text, limit=CANDIDATES))


def _means_all(part: Part) -> bool:
    top = part.hits[0] if part.hits else None
    return top is not None and top.reading == part.content and top.features["words_query"] > WHOLE
