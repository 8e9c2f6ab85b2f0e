"""The rule for input (:mod:`models.store.input_rule`), held once for every route before its view is asked.

Values of addresses and forms reach the views in the one form that the rule gives them. What an address names that
cannot be there is not found (404). A form with characters that no text has is shown again without them (422).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.routing import IntegerConverter, Map

from models.store import input_rule
from models.store.input_rule import TextFault

from .language import _

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

TEXTS_OF_SEVERAL_LINES = frozenset(
    {
        "text",
        "note",
        "remark_text",
        "submit_note",
        "stamp",
        "kept",
        "description",
        "postal_address",
        "consent_text",
        "ranking_lead",
        "ranking_closing",
        "recap",
        "body",
        "addresses",
        "related",
        "written",
    }
)
"""Names of form fields that may hold line breaks."""
_KEPT_AS_TYPED = frozenset({"password", "new_password", "new_password_again"})
"""Fields whose value is no text: not one character of a password is changed."""
_READ_AS_A_FILE = frozenset({"text"})
"""Fields whose view says in which line a character stands that no text has."""
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
    if input_rule.fault(request.path, lines=False):
        abort(404)
    asked = [
        (name, value if name in _CHECKED_BY_VIEWS else input_rule.normalised(value)) for name, value in _pairs("args")
    ]
    for name, value in asked:
        if name not in _CHECKED_BY_VIEWS and not _stands_in_a_query(name, value):
            abort(404)
    _replace("args", asked)
    judged_by_view = current_app.view_functions.get(request.endpoint or "") in _judging_bodies
    if request.method in ("POST", "PUT", "PATCH") and not judged_by_view:
        _check_form()


def _check_form() -> None:
    typed = [
        (name, value if name in _KEPT_AS_TYPED else input_rule.normalised(value)) for name, value in _pairs("form")
    ]
    faults = {input_rule.fault(name, lines=False) or _fault(name, value) for name, value in typed} - {None}
    if faults == {TextFault.PRIVATE_USE}:
        raise UnprocessableEntity(
            _("It holds a character that only your own machine can show (a private-use character). It has been taken "
              "out below: please write another one in its place, or the word in kana.")
        )  # fmt: skip
    if faults:
        raise UnprocessableEntity(
            _("It holds characters that no text can have, such as control characters, or line breaks where there "
              "is room for one line only. They have been taken out below.")
        )  # fmt: skip
    _replace("form", typed)


def _fault(name: str, value: str) -> TextFault | None:
    if name in _KEPT_AS_TYPED:
        return TextFault.CONTROL if "\0" in value else None
    found = input_rule.fault(value, lines=name in TEXTS_OF_SEVERAL_LINES)
    return None if found is TextFault.PRIVATE_USE and name in _READ_AS_A_FILE else found


def _stands_in_a_query(name: str, value: str) -> bool:
    """Whether a page may be asked for with it; a character of somebody's own machine is found nowhere, but harmless."""
    return not input_rule.fault(name, lines=False) and input_rule.fault(value, lines=False) in (
        None,
        TextFault.PRIVATE_USE,
    )


def _pairs(what: str) -> list[tuple[str, str]]:
    return list(getattr(request, what).items(multi=True))


def _replace(what: str, pairs: list[tuple[str, str]]) -> None:
    """Let views see the values in the one form. Werkzeug keeps both of them as cached properties."""
    vars(request)[what] = ImmutableMultiDict(pairs)
