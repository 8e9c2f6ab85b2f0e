"""``kairan mailbox serve``: the catching SMTP server alone."""

from __future__ import annotations

import socket

import click

from ..run import smtp_catcher
from .mailbox import open_mailbox


@click.command
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=2525, show_default=True)
@click.option("--descriptor", type=int, hidden=True, help="A socket that listens already.")
def serve(host: str, port: int, descriptor: int | None) -> None:
    """Catch letters over SMTP until stopped; none is mailed."""
    listener = socket.create_server((host, port)) if descriptor is None else socket.socket(fileno=descriptor)
    smtp_catcher.serve(listener, open_mailbox())
