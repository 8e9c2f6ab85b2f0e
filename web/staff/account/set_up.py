"""Setting up a second factor: what the page shows and takes, at a login and from one's account."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from models.staff.factors import passkey, second_factor, totp, totp_offer
from models.staff.factors.passkey_challenge import Ceremony
from models.staff.factors.second_factor import WrongCode
from models.staff.factors.totp_offer import Offer
from models.staff.member import Member
from models.store import input_rule
from models.store.clock import now
from models.store.errors import Invalid

from ...kept_form import KeptForm
from ...request import session
from ..login_session import place
from . import challenge, qr_code

_ISSUER = "Kairan"
_LONGEST_NAME = 100


def shown(person: Member, error: Invalid | None = None, app: bool = True) -> dict[str, Any]:
    """What the page needs: the picture for an app, and whether browsers know passkeys here.

    Arguments:
        error: why the form before was refused: then the picture stays the one that was scanned.
        app: whether an app may be set up on this page.
    """
    values = {"passkeys": passkey.is_available(), "passkey_name": request.form.get("name", "")}
    if not app:
        return values
    offer = _same_offer(person) if error else None
    offer = offer or totp_offer.make(person)
    picture = qr_code.drawn(totp.address(offer.secret, person.address, _ISSUER), _("QR code for the authenticator app"))
    return values | {"picture": picture, "readable_secret": totp.readable(offer.secret), "secret": offer.sealed}


def take(person: Member) -> tuple[str, list[str]]:
    """Take what the form brings: an app's first code, or a new passkey.

    Returns:
        What it was, for the audit log, and new recovery codes where there were none.

    Raises:
        Invalid: it is not taken.
    """
    if challenge.answer():
        return "passkey", take_passkey(person)
    return "app", take_app(person)


def take_app(person: Member) -> list[str]:
    """Set up the app that was offered; see :func:`take`."""
    offer = totp_offer.read(person, request.form.get("secret", ""))
    return second_factor.set_up_app(session(), person, offer.secret, request.form.get("code", "")[:100], place())


def take_passkey(person: Member) -> list[str]:
    """Add the passkey that the browser has made; see :func:`take`."""
    name = request.form.get("name", "").strip()
    checked_name(name)
    made = challenge.take(Ceremony.REGISTER, person)
    return second_factor.add_passkey(session(), person, challenge.answer(), made, name, place())


def checked_name(name: str) -> str:
    """*name* if a passkey can be called so.

    Raises:
        Invalid: it is empty or too long.
    """
    if not input_rule.is_visible(name) or len(name) > _LONGEST_NAME:
        raise Invalid("give the passkey a name of up to 100 characters by which you know it again", field="name")
    return name


def passkey_options(person: Member) -> Response:
    """What a browser needs to make a passkey for *person*."""
    return challenge.options(
        Ceremony.REGISTER, person, lambda made: passkey.registration_options(session(), person, made)
    )


def codes_page(codes: list[str], way: str, kept: KeptForm | None = None) -> str:
    """New recovery codes, shown this once.

    Arguments:
        way: the page to go on to.
        kept: a form to be sent once more, in place of it.
    """
    return render_template("staff/account/recovery_codes.html", codes=codes, way=way, kept=kept, made_at=now())


def _same_offer(person: Member) -> Offer | None:
    try:
        return totp_offer.read(person, request.form.get("secret", ""))
    except WrongCode:
        return None
