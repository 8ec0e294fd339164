"""`motcua serve`: the HTTP service with the web chat."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from motcua import __version__
from motcua.console import err, office
from storage.errors import StorageError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the assistant; publishes the bundled corpus on the first start."""
    with office() as here:
        desk = here.desk
        library = desk.library
        counts = f"{len(library.procedures)} procedures, {len(library.guides)} guides, {len(library.faqs)} FAQs"
        app = create_app(desk, here.feedback, storage_errors=(StorageError,), version=__version__)
    err.print(f"Một Cửa: snapshot {desk.snapshot_id} with {counts} on http://{host}:{port}", markup=False)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
