"""What somebody typed, kept when an answer cannot take it: shown again on the page that says why, or after a login.

Nothing is stored: the page itself carries it. Passwords, codes and tokens against forged requests are left out.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from flask import request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import HTTPException

import settings
from models.store import input_rule

from . import address_parts
from .input_check import TEXTS_OF_SEVERAL_LINES

FIELD = "kept"
"""The hidden field in which a login carries a form."""
_NEVER_KEPT = frozenset(
    {"csrf_token", "password", "new_password", "new_password_again", "code", "credential", "secret", FIELD}
)


class KeptField(NamedTuple):
    """One value of a form; ``long`` where it deserves a box of its own to be seen in."""

    name: str
    value: str
    long: bool


class KeptForm(NamedTuple):
    """A form as it was sent, and where to."""

    address: str
    fields: tuple[KeptField, ...]
    is_known: bool = True
    """Whether it is known that whoever is asked to send it has entered it. Else every value of it is shown."""


def of_request(even_empty: bool = False) -> KeptForm | None:
    """What this request's form held, without characters that no text has; None where there is nothing to keep.

    Another site's form is not kept: one press of a button here would send what that site wrote.

    Arguments:
        even_empty: whether a form that was a button alone is worth keeping.
    """
    if request.method != "POST" or is_foreign():
        return None
    try:
        values = list(request.form.items(multi=True))
    except HTTPException:  # it is larger than what is read
        return None
    address = request.script_root + request.full_path.rstrip("?")
    kept = _kept(address, [(name, value) for name, value in values if name not in _NEVER_KEPT])
    return kept if kept.fields or even_empty else None


def sealed(form: KeptForm | None, owner: int = 0) -> str:
    """*form* as one signed value for the hidden field :data:`FIELD`.

    Arguments:
        owner: the member who has entered it; 0 where nobody knows.
    """
    if form is None:
        return ""
    fields = [[field.name, field.value] for field in form.fields]
    return str(_serializer().dumps({"address": form.address, "fields": fields, "owner": owner}))


def opened(value: str, person: int) -> KeptForm | None:
    """The form that :func:`sealed` made *value* of; None where it is no such value.

    What one person has entered is never another one's to send: on a machine that an office shares, whoever leaves a
    form behind would act in the name of whoever logs in next.

    Arguments:
        person: the member who would send it.
    """
    if not value:
        return None
    try:
        content = _serializer().loads(value)
    except BadData:
        return None
    owner = content.get("owner", 0)
    if owner not in (0, person):
        return None
    kept = _kept(content["address"], [(name, text) for name, text in content["fields"]])
    return kept._replace(is_known=owner == person)


def _kept(address: str, values: list[tuple[str, str]]) -> KeptForm:
    return KeptForm(address, tuple(_field(name, value) for name, value in values if input_rule.is_line(name)))


def _field(name: str, value: str) -> KeptField:
    value = input_rule.cleaned(value)
    if name not in TEXTS_OF_SEVERAL_LINES:
        value = " ".join(value.split()) if not input_rule.is_line(value) else value
    return KeptField(name, value, name in TEXTS_OF_SEVERAL_LINES)


def is_foreign() -> bool:
    """Whether the browser says that another site sent this form."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    parts = address_parts.split(origin)
    return parts is None or parts.netloc not in (urlsplit(settings.get().base_url).netloc, request.host)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.get().secret_key.get_secret_value(), salt="kept form")
