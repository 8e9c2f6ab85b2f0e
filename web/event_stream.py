"""Server-sent events (HTML Living Standard, 9.2): a page's part, sent again whenever it has changed.

Each event asks the application anew for the part, with the cookie of whoever listens: so a session that has ended, or a
role that was taken away, ends the stream as well, and nothing is held open in between but the connection. Between two
events the web server waits without a thread (:mod:`web.asgi`). Listening is no sign that somebody is there: it does not
keep a session from ending.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TYPE = "text/event-stream"
PAUSE_SECONDS = 2.0
LONGEST_SECONDS = 600.0
"""A stream ends then, and the browser opens the next: whatever has gone wrong with one goes wrong no longer."""
KEPT_OPEN = "kairan.event_stream"
"""Set by a server that waits between two events; with any other, a stream ends after the first, and is opened again."""
_ASKED_AGAIN = "kairan.asked_again"


def is_listening() -> bool:
    """Whether the request is one of a browser that listens: nobody has made it by hand."""
    return _ASKED_AGAIN in request.environ or request.headers.get("Accept") == TYPE


def of_part(path: str) -> Response:
    """The events of a part of a page: its HTML, at first and whenever it has changed.

    Arguments:
        path: of the part, below the application; it is asked for as this request's sender.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    environ = {key: value for key, value in request.environ.items() if not key.startswith("werkzeug.")}
    environ |= {
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "wsgi.input": BytesIO(),
        "CONTENT_LENGTH": "0",
        _ASKED_AGAIN: True,
    }
    answer = Response(_events(app, environ), content_type=TYPE)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep small events to itself
    return answer


def _events(app: Flask, environ: WSGIEnvironment) -> Iterator[str]:
    ends, last = time.monotonic() + LONGEST_SECONDS, None
    while time.monotonic() < ends:
        status, part = _ask(app, environ)
        if status != 200:
            yield "event: over\ndata:\n\n"
            return
        yield _event(part) if part != last else ": nothing new\n\n"
        last = part
        if KEPT_OPEN not in environ:
            return


def _ask(app: Flask, environ: WSGIEnvironment) -> tuple[int, str]:
    with app.request_context(dict(environ)):
        answer = app.full_dispatch_request()
        return answer.status_code, answer.get_data(as_text=True)


def _event(part: str) -> str:
    lines = "\n".join(f"data: {line}" for line in part.splitlines())
    return f"retry: {PAUSE_SECONDS * 1000:.0f}\n{lines}\n\n"
