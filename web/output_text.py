"""What leaves as HTML or XML holds no character that these cannot: whatever an older version, or a hand, has stored.

The door for input (:mod:`.input_check`) keeps such characters out; a database that was filled before it was there may
have them, and one in a title would make the whole feed unreadable (XML 1.0, 2.2; HTML, 13.2.3.5).
"""

from __future__ import annotations

from flask import Flask, Response

from models.store import input_rule

_MARKUP = frozenset({"text/html", "application/atom+xml", "application/xml", "text/xml", "application/rss+xml"})


def init_app(app: Flask) -> None:
    """Look over every page and feed of *app*."""
    app.after_request(_take_out)


def _take_out(response: Response) -> Response:
    if response.mimetype in _MARKUP and not response.is_streamed and not response.direct_passthrough:
        text = response.get_data(as_text=True)
        settled = input_rule.without_controls(text)
        if settled != text:
            response.set_data(settled)
    return response
