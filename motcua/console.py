"""Talks to the person at the terminal: progress on long work, one line for an error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from answering.evaluation import EvalError
from corpus.errors import CorpusError
from motcua.settings import Settings, SettingsError, read_settings
from motcua.wiring import Office
from retrieval.errors import RetrievalError
from storage.errors import StorageError

KNOWN_ERRORS = (SettingsError, CorpusError, RetrievalError, StorageError, EvalError)
"""Errors that end in a sentence for a person; anything else is a defect and shows its trace."""

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

_STAGES = {
    "language": "Learning the language of the corpus",
    "vectors": "Embedding texts",
    "adapter": "Learning how people ask",
}


def fail(error: Exception) -> NoReturn:
    """Say what is wrong in one line and leave with exit code 1."""
    err.print(f"motcua: {error}", style="red", markup=False)
    raise typer.Exit(1) from error


@contextmanager
def calm() -> Iterator[None]:
    """Turn errors that a person can mend into one line."""
    try:
        yield
    except KNOWN_ERRORS as error:
        fail(error)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A callable (stage, done, total) that draws one bar for each stage."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, int] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=total)
            bars.update(bars.task_ids[list(tasks).index(stage)], completed=done, total=total)

        yield show


@contextmanager
def office() -> Iterator[Office]:
    """The deployment that the settings describe, with progress shown on the terminal."""
    with calm(), progress_bars() as show:
        settings = read_settings()
        configure_logging(settings)
        yield Office(
            settings,
            progress=show,
            say=lambda text: err.print(text, style="dim", markup=False),
            report=lambda event, error: structlog.get_logger("motcua").error(event, error=str(error)),
        )


def configure_logging(settings: Settings) -> None:
    """One JSON object a line on standard error; no question and no secret is ever a field."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """A logger on what standard error is now: tests and shells put another one in its place."""
    return structlog.PrintLogger(sys.stderr)
