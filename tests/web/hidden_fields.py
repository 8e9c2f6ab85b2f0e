"""Filling in forms as a browser does: hidden fields go back as they came."""

from __future__ import annotations

from html.parser import HTMLParser

from werkzeug.test import TestResponse


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden" and values.get("name"):
            self.fields[str(values["name"])] = values.get("value") or ""


def hidden_fields(page: TestResponse) -> dict[str, str]:
    """The hidden fields of all forms of a page."""
    parser = _Hidden()
    parser.feed(page.text)
    return parser.fields
