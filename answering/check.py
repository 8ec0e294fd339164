"""Step 8, check: every figure of every block stands in its sources, or the block is dropped and counted."""

from __future__ import annotations

from answering.answer import Block, Item
from answering.context import Context
from answering.texts import say
from corpus.figures import FigureSource
from corpus.library import Library


class Check:
    """Holds each composed block against the figures that its sources hold."""

    def __init__(self, library: Library) -> None:
        self._library = library
        # The figures of a record are read once: a snapshot never changes, and a popular one is checked all day.
        self._figures: dict[str, FigureSource] = {}

    def __call__(self, context: Context) -> Context:
        """Drop blocks with a figure from nowhere; `dropped` says which. Where none is left, the source is named."""
        checked = [self._checked(item) for item in context.items]
        return context.having(
            items=tuple(item for item, _ in checked), dropped=tuple(why for _, dropped in checked for why in dropped)
        )

    def _checked(self, item: Item) -> tuple[Item, list[str]]:
        source = self._figures_of(item.id)
        kept: list[Block] = []
        dropped = []
        for block in item.blocks:
            missing = source.missing(f"{block.case or ''}\n{block.text}")
            if missing:
                dropped.append(f"{item.id} {block.aspect}: {', '.join(map(str, missing))}")
            else:
                kept.append(block)
        if dropped and not kept:
            kept = [item.blocks[0].model_copy(update={"case": None, "text": say("look_at_source")})]
        return item.model_copy(update={"blocks": tuple(kept)}), dropped

    def _figures_of(self, target: str) -> FigureSource:
        if target not in self._figures:
            self._figures[target] = self._library.figures_of(target)
        return self._figures[target]
