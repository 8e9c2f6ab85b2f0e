"""Forms of pages as a browser sends them: every field with what stands in it, but for what a test changes."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from lxml import html as trees
from werkzeug.test import TestResponse


def fields_of(page: str, place: int = 0) -> dict[str, Any]:
    """The fields of a form of staff's content, the first by default, as a browser would send them."""
    forms = trees.fromstring(page).xpath("//main//form")
    found: dict[str, Any] = {}
    for name, value in forms[place].form_values():
        found[name] = (
            [*found[name], value]
            if isinstance(found.get(name), list)
            else ([found[name], value] if name in found else value)
        )
    return found


def send(client: FlaskClient, address: str, /, place: int = 0, opened: str = "", **changes: Any) -> TestResponse:
    """Open a page, change some fields of its form and send it there; None takes a field out.

    Arguments:
        opened: the page as it was opened before; asked for now where it is empty.
    """
    fields = fields_of(opened or client.get(address).text, place)
    fields.update(changes)
    return client.post(address, data={name: value for name, value in fields.items() if value is not None})


def value_of(page: str, name: str) -> str:
    """What the box or button called *name* sends when it is ticked or pressed."""
    return str(trees.fromstring(page).xpath(f"//main//*[@name='{name}']/@value")[0])
