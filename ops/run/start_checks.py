"""What must be so before anything is started: a free port, a database, a broker that answers."""

from __future__ import annotations

import errno
import socket

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from models import migrations
from models.store import broker
from models.store.phrase import phrase

from .child_process import CannotStart


def visible_host(host: str) -> str:
    """The host to write into an address for somebody on this machine, where we listen on *host*."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  a comparison, nothing listens here
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def refuse_busy_port(host: str, port: int) -> None:
    """Raise CannotStart when the web server could not listen on *host* and *port*."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind(address)
        except OSError as error:
            place: dict[str, object] = {"port": port, "host": host, "what": port + 1}
            if error.errno == errno.EADDRINUSE:
                why = phrase(
                    "Port {port} on {host} is in use by another program. Stop what uses it, or choose another port: "
                    "WEB_PORT={what} make run",
                    **place,
                )
            else:
                why = phrase(
                    "Port {port} on {host} cannot be used ({reason}). Choose another one: WEB_PORT={what} make run",
                    reason=error.strerror,
                    **place,
                )
            raise CannotStart(why) from error


def migrate() -> None:
    """Bring the database up to date, or raise CannotStart."""
    try:
        migrations.upgrade()
    except DBAPIError as error:
        raise CannotStart(
            phrase("The database could not be made ready: {strip}", strip=str(error.orig).strip())
        ) from error


def refuse_silent_broker() -> None:
    """Raise CannotStart when the broker does not answer."""
    try:
        broker.client().ping()
    except RedisError as error:
        raise CannotStart(phrase("The broker of REDIS_URL does not answer: {error}", error=error)) from error
