"""`motcua corpus …`: import, check, compare, publish and roll back the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.checking import check_corpus
from corpus.comparing import compare
from corpus.facts import write_facts
from corpus.importing import import_paths
from corpus.snapshots import Snapshot
from motcua.console import office, out

app = typer.Typer(no_args_is_help=True, help="Keep the corpus: import, check, compare, publish, roll back.")

SHOWN_PROBLEMS = 20


@app.command("import")
def import_files(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files or folders: portal JSON/JSONL (.gz, .zst), sheets .doc/.docx/.pdf, FAQ workbooks .xlsx/.csv."
        ),
    ],
) -> None:
    """Import source files into the draft. Nothing is shown to residents before `publish`."""
    with office() as here:
        report = import_paths(
            paths,
            here.publisher.draft,
            here.settings.province,
            progress=lambda n: here.progress("Reading records", n, max(n, 5_665)),
        )
    for problem in report.problems[:SHOWN_PROBLEMS]:
        out.print(f"not read: {problem}", style="yellow", markup=False)
    if len(report.problems) > SHOWN_PROBLEMS:
        out.print(f"… and {len(report.problems) - SHOWN_PROBLEMS} more", style="yellow")
    out.print(str(report), markup=False)
    if report.added or report.changed:
        out.print("Next: `motcua corpus check`, then `motcua corpus publish`.", markup=False)
    if report.problems and not (report.added or report.changed or report.same or report.out_of_scope):
        raise typer.Exit(1)


@app.command()
def check() -> None:
    """Check the corpus that would be published; exit code 1 where something keeps it from being published."""
    with office() as here:
        findings = check_corpus(here.publisher.library())
    for finding in findings:
        out.print(f"{'error' if finding.is_error else 'warning'}: {finding}", markup=False)
    errors = sum(f.is_error for f in findings)
    out.print(f"{errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Say what is published, what the draft holds, and which snapshots there are."""
    with office() as here:
        store, draft = here.publisher.snapshots, here.publisher.draft
        published = store.published_id()
        out.print(
            f"province   {here.settings.province}\nhome       {here.settings.home.resolve()}\n"
            f"published  {published or 'nothing yet'}\n"
            f"draft      {len(draft.procedures())} imported records, {len(draft.faqs())} imported FAQs",
            markup=False,
        )
        for snapshot in store.all():
            out.print(_line(snapshot, published), markup=False)


def _line(snapshot: Snapshot, published: str | None) -> str:
    counts = ", ".join(f"{n} {name}" for name, n in snapshot.manifest["counts"].items())
    return f"{'*' if snapshot.id == published else ' '} {snapshot.id}  {snapshot.manifest['built_at']}  {counts}"


@app.command()
def diff() -> None:
    """Show what publishing the draft would change, fact by fact."""
    with office() as here:
        store = here.publisher.snapshots
        key = store.published_id()
        before = store.open(key).library() if key else None
        changes = compare(before, here.publisher.library())
    for change in changes:
        out.print(str(change), markup=False)
    out.print(f"{len(changes)} changes")


@app.command()
def publish() -> None:
    """Check, index and publish the corpus. What is published stays until the new snapshot is whole."""
    with office() as here:
        earlier = here.publisher.snapshots.published_id()
        snapshot = here.publisher.publish(here.progress)
    out.print(
        f"published {snapshot.id}" if snapshot.id != earlier else f"{snapshot.id} is published already; nothing changed"
    )


@app.command()
def rollback() -> None:
    """Publish the snapshot that was published before."""
    with office() as here:
        out.print(f"published {here.publisher.snapshots.rollback()}")


@app.command()
def facts(codes: Annotated[list[str] | None, typer.Argument(help="Codes; none: those of every guide.")] = None) -> None:
    """Make the facts sheet of the guided procedures from the imported records (for the project's developers)."""
    with office() as here:
        from corpus.assembly import bundled_guides

        records = here.publisher.draft.procedures()
        wanted = codes or sorted(bundled_guides())
        out.print(f"{write_facts(records[c] for c in wanted if c in records)} procedures in the facts sheet")
