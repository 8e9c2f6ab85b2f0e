"""The rule for input (:mod:`models.store.input_rule`), held once for every route before its view is asked.

What an address names that cannot be there is not found (404). A form with characters that no text has is shown again
without them (422).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.routing import IntegerConverter, Map

from models.store import input_rule

from .language import _

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

TEXTS_OF_SEVERAL_LINES = frozenset({"text", "note", "stamp", "kept"})
"""Names of form fields that may hold line breaks."""
_CHECKED_BY_VIEWS = frozenset({"next"})
"""Names in a query whose views take the first page for whatever they do not like."""


_judging_bodies: set[Callable[..., ResponseReturnValue]] = set()


def judges_body(view: View) -> View:
    """Mark a view that takes bodies from machines in whatever shape, and stores nothing of them."""
    _judging_bodies.add(view)
    return view


class DatabaseInteger(IntegerConverter):
    """A number in a path that a column of type integer can hold; a longer one is in no table."""

    def __init__(self, map: Map, *args: Any, **named: Any) -> None:
        named.setdefault("max", input_rule.MAX_INTEGER)
        super().__init__(map, *args, **named)

    def to_python(self, value: str) -> Any:
        """The number; a thousand digits are not read at all."""
        return super().to_python(value if len(value) <= 20 else str(input_rule.MAX_INTEGER + 1))


def init_app(app: Flask) -> None:
    """Hold the rule for every route of *app*. Before the routes are added."""
    app.url_map.converters["int"] = DatabaseInteger
    app.before_request(_check)


def page_number(last: int = 9_999) -> int:
    """The page of a list that ``?page=`` asks for; the first where it asks for none.

    Raises:
        werkzeug.exceptions.NotFound: it is no number that a page could have.
    """
    number = input_rule.whole_number(request.args.get("page", "1"), most=last)
    if number is None:
        abort(404)
    return number


def _check() -> None:
    if not input_rule.is_line(request.path):
        abort(404)
    for name, value in request.args.items(multi=True):
        if name not in _CHECKED_BY_VIEWS and not (input_rule.is_line(name) and input_rule.is_line(value)):
            abort(404)
    if current_app.view_functions.get(request.endpoint or "") in _judging_bodies:
        return
    if request.method in ("POST", "PUT", "PATCH") and not all(
        input_rule.is_line(name)
        and (input_rule.is_text(value) if name in TEXTS_OF_SEVERAL_LINES else input_rule.is_line(value))
        for name, value in request.form.items(multi=True)
    ):
        raise UnprocessableEntity(
            _("It holds characters that no text can have, such as control characters, or line breaks where there "
              "is room for one line only. They have been taken out below.")
        )  # fmt: skip
