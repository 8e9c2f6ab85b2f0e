"""Relays: the servers that letters are handed to, their shares, and a test letter to oneself. No password is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

import settings
from models.deliveries.relays import relay as relays_model
from models.deliveries.relays import relay_address, relay_test
from models.deliveries.relays.relay import Relay
from models.deliveries.relays.relay_address import DEFAULT_PORTS, Security
from models.deliveries.relays.relay_test import RelayTest, RelayTestState
from models.issues.newsletter_edit import digest_of
from models.store import input_rule
from models.store.clock import now
from models.store.errors import Invalid
from models.store.phrase import phrase

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import section as frame

SECURITY = {
    Security.STARTTLS: lazy_gettext("Encrypted (STARTTLS, usually port 587)"),
    Security.TLS: lazy_gettext("Encrypted from the first byte (TLS, usually port 465)"),
    Security.PLAIN: lazy_gettext("Not encrypted (only inside your own network, usually port 25)"),
}
FIELDS = ("name", "security", "host", "port", "user", "weight")
WAITS = timedelta(minutes=2)
"""How long the page loads itself again while a test letter is on its way."""


class ShownRelay(NamedTuple):
    """A relay as the list has it."""

    row: Relay | None
    """None for ``SMTP_URL``."""
    name: str
    address: str
    problem: str
    share: int
    """Per cent of all letters."""
    test: RelayTest | None


@blueprint.get("/relays")
def relays() -> ResponseReturnValue:
    """The relays in use with their shares and their last test letters."""
    return _list()


@blueprint.post("/relays/test")
def test_relay() -> ResponseReturnValue:
    """Send a test letter through one relay to the address of the person who asks."""
    name = request.form.get("name", "")
    row = relays_model.find(session(), name) if name else None
    try:
        relay_test.request(session(), row, member())
    except Invalid as error:
        return _list({"": error.say(language())}, 429)
    return frame.done(url_for("staff.relays"), _("A test letter goes to %(address)s.", address=member().address))


@blueprint.get("/relays/new")
def new_relay() -> ResponseReturnValue:
    """The form for a new relay."""
    return _form(None, {**dict.fromkeys(FIELDS, ""), "security": Security.STARTTLS.value, "weight": "1"})


@blueprint.post("/relays/new")
def add_relay() -> ResponseReturnValue:
    """Hand letters to one more server."""
    typed = {name: input_rule.line(request.form.get(name, "")) for name in FIELDS}
    try:
        url, weight = _read(typed, "")
        relays_model.add(session(), typed["name"], url, weight, by=member())
    except Invalid as error:
        session().rollback()
        return _form(None, typed, 422, errors={error.field or "host": error.say(language())})
    return frame.done(url_for("staff.relays"), _("Letters go through this relay, too. Try it with a test letter."))


@blueprint.get("/relays/<int:relay_id>")
def relay(relay_id: int) -> ResponseReturnValue:
    """One relay's server and share."""
    found = relays_model.get(session(), relay_id)
    return _form(found, _shown(found))


@blueprint.post("/relays/<int:relay_id>")
def save_relay(relay_id: int) -> ResponseReturnValue:
    """Change them; an empty password leaves the present one."""
    found = relays_model.get(session(), relay_id, lock=True)
    typed = {name: input_rule.line(request.form.get(name, "")) for name in FIELDS}
    typed["name"], opened = found.name, request.form.get("version", "")
    try:
        url, weight = _read(typed, found.url)
        if frame.is_stale(_version(found)):
            return _form(found, typed, 409, errors=frame.stale_error(), stale=True, version=opened)
        relays_model.edit(session(), found, url, weight, by=member())
    except Invalid as error:
        session().rollback()
        return _form(found, typed, 422, errors={error.field or "host": error.say(language())}, version=opened)
    return frame.done(url_for("staff.relays"))


@blueprint.post("/relays/<int:relay_id>/remove")
def remove_relay(relay_id: int) -> ResponseReturnValue:
    """Hand nothing more to this server."""
    found = relays_model.get(session(), relay_id, lock=True)
    if request.form.get("sure") != "yes":
        wrong = {"sure": _("Tick the box to say that letters shall go another way.")}
        return _form(found, _shown(found), 422, errors=wrong)
    relays_model.remove(session(), found.name, by=member())
    return frame.done(url_for("staff.relays"), _("The relay is removed."))


def _list(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    rows, tests = relays_model.list_active(session()), relay_test.latest(session())
    total = sum(row.weight for row in rows)
    shown = [_as_shown(row, round(100 * row.weight / total), tests.get(row.id)) for row in rows]
    if not shown:
        shown = [_as_shown(None, 100, tests.get(None))]
    waits = any(one.test and one.test.state is RelayTestState.WAITING and one.test.at > now() - WAITS for one in shown)
    return frame.page("relays", None, "relays", status, relays=shown, states=RelayTestState, own=member().address,
                      refresh=3 if waits else 0, catches=settings.get().kairan_mailbox is not None,
                      errors=errors or {})  # fmt: skip


def _as_shown(row: Relay | None, share: int, test: RelayTest | None) -> ShownRelay:
    try:
        address, problem = relays_model.parts(row.url if row else settings.get().smtp_url).shown, ""
    except Invalid as error:
        address, problem = "", error.say(language())
    return ShownRelay(row, row.name if row else "SMTP_URL", address, problem, share, test)


def _shown(found: Relay) -> dict[str, str]:
    """What the form shows: never the password."""
    try:
        parts = relays_model.parts(found.url)
    except Invalid:
        return {**dict.fromkeys(FIELDS, ""), "name": found.name, "weight": str(found.weight)}
    port = "" if parts.port == DEFAULT_PORTS[parts.security] else str(parts.port)
    return {"name": found.name, "security": parts.security.value, "host": parts.host, "port": port, "user": parts.user,
            "weight": str(found.weight)}  # fmt: skip


def _read(typed: dict[str, str], before: str) -> tuple[str, int]:
    """The address and the share that were typed.

    Raises:
        Invalid: one of them cannot be used; with the field.
    """
    try:
        security = Security(typed["security"])
    except ValueError:
        raise Invalid("choose one of what the page offers", field="security") from None
    port = input_rule.whole_number(typed["port"], most=65_535) if typed["port"] else 0
    if port is None:
        raise Invalid("a port is a number from 1 to 65535", field="port")
    weight = input_rule.whole_number(typed["weight"], most=1000)
    if weight is None:
        raise Invalid("the weight must be more than 0", field="weight")
    if not relay_address.is_host(typed["host"]):
        raise Invalid(
            phrase("“{host}” is no name of a server: write it as mail.example.jp", host=typed["host"]), field="host"
        )
    password = request.form.get("password", "")
    url = relay_address.changed(before, security=security, host=typed["host"], port=port, user=typed["user"],
                                password=password)  # fmt: skip
    relay_address.of_url(url)
    return url, weight


def _version(found: Relay) -> str:
    return digest_of([found.url, found.weight])


def _form(found: Relay | None, typed: dict[str, str], status: int = 200, **values: Any) -> ResponseReturnValue:
    version = _version(found) if found else ""
    options = [(kind.value, label) for kind, label in SECURITY.items()]
    title = _("Relay “%(name)s”", name=found.name) if found else _("Add a relay")
    return frame.page("relay", None, "relays", status, relay=found, typed=typed, options=options, title=title,
                      kept=_shown(found) if found else {}, has_password=bool(found and typed["user"]),
                      current=version, **{"version": version, **values})  # fmt: skip
