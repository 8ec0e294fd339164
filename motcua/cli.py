"""The command `motcua`."""

from __future__ import annotations

import typer

from motcua.commands import answers, corpus, evaluation, serving

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Một Cửa: administrative procedures and Project 06, answered with their source.",
)
app.command("serve")(serving.serve)
app.command("ask")(answers.ask)
app.command("eval")(evaluation.evaluate_file)
app.add_typer(corpus.app, name="corpus")


def main() -> None:
    """Run the command."""
    app()
