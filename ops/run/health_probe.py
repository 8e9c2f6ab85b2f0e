"""Asking whether a part answers, from outside and as its users would."""

from __future__ import annotations

import socket
from urllib.error import URLError
from urllib.request import urlopen

from celery import Celery

from models.store import broker

from . import programs


def web_answers(url: str) -> bool:
    """Whether *url* answers 200."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310  an address of our own
            return int(answer.status) == 200
    except (URLError, OSError):
        return False


def worker_answers(name: str) -> bool:
    """Whether the worker *name* of this host takes messages."""
    with Celery("kairan", broker=broker.celery_url()) as app:
        return bool(app.control.ping(destination=[programs.worker_node(name)], timeout=0.5))


def smtp_answers(port: int) -> bool:
    """Whether an SMTP server says hello on loopback *port*."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
