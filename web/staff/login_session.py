"""The blueprint of staff's pages: and who is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import cast

from babel.dates import get_day_names
from flask import Blueprint, Response, redirect, request, url_for
from flask import session as cookie
from flask.blueprints import BlueprintSetupState
from flask_login import LoginManager, current_user
from flask_login import login_user as _login_user

from models.staff import audit_origin, login_session
from models.staff.factors import recovery_code, second_factor
from models.staff.member import Member
from models.staff.single_sign_on import provider_session
from models.store import input_rule
from models.store.clock import TOKYO
from models.store.language import Language

from .. import address_parts, event_stream
from ..language import language, remember_own
from ..request import client_address, commit, session
from .account import browser_name

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
login_manager = LoginManager()
_OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    f"staff.{name}"
    for name in (
        "second_factors", "set_up_app", "save_app", "new_passkey", "new_passkey_options", "save_passkey",
        "confirm", "submit_confirm", "confirm_passkey", "logout",
    )
)  # fmt: skip
# Not bound to an address or a browser's name: one browser comes over IPv4, IPv6 and mobile networks in turn, and
# Flask-Login believes whatever X-Forwarded-For begins with.
login_manager.session_protection = None


class StaffUser:
    """A person of the staff, as Flask-Login sees them. The cookie holds the key of their session, and nothing else."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, member: Member, key: str) -> None:
        self.member, self.key = member, key

    @property
    def is_active(self) -> bool:
        """Whether they may come in."""
        return self.member.may_enter

    def get_id(self) -> str:
        """What the cookie names them by."""
        return self.key


def member() -> Member:
    """The person who asks. Only where somebody is logged in."""
    return cast(StaffUser, current_user).member


def log_in(person: Member) -> None:
    """Begin a session for *person*, in their language."""
    key = login_session.begin(session(), person, client_address(), browser_name.of_request())
    _login_user(StaffUser(person, key))
    remember_own(person.language)


def place() -> str:
    """Where this request comes from, for a letter to the person: browser and address, in words of no language."""
    return ", ".join(filter(None, (browser_name.of_request(), client_address())))


def session_key() -> str:
    """The key of the session of the person who asks. Only where somebody is logged in."""
    return cast(StaffUser, current_user).key


def last_member_id() -> int:
    """Whose session this browser holds, though it may have ended; 0 where it holds none."""
    return login_session.owner_id(session(), str(cookie.get("_user_id", "")))


def second_factor_missing() -> bool:
    """Whether the person who asks must set up a second factor first: a role that requires one may be new to them.

    What sets one up is open to them, and so is the way out.
    """
    if request.endpoint in _OPEN_WITHOUT_SECOND_FACTOR or not second_factor.is_required(member()):
        return False
    at_provider = provider_session.has_second_factor(session(), session_key())
    return not (second_factor.is_set_up(session(), member()) or at_provider)


def redirect_to_login() -> Response:
    """The way to the login, and back to this page after it."""
    return cast(Response, redirect(url_for("staff.login", next=request.script_root + request.full_path.rstrip("?"))))


def safe_next(wanted: str) -> str:
    """*wanted* if it is a page of the staff's own, else the first page: never an address elsewhere."""
    parts, staff = address_parts.split(wanted), f"{request.script_root}/staff/"
    inside = parts is not None and not parts.scheme and not parts.netloc and parts.path.startswith(staff)
    plain = input_rule.is_line(wanted) and "\\" not in wanted and "/.." not in wanted
    return wanted if inside and plain else url_for("staff.home")


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(identity: str) -> StaffUser | None:
    opened = session()
    nothing_done = not opened.in_transaction()  # else a commit would keep half of what a view does
    person = login_session.find_member(opened, identity)
    if person is None:
        return None
    by_hand = not event_stream.is_listening()
    if by_hand and nothing_done and login_session.note_request(opened, identity, client_address()):
        commit()  # whatever this request answers, and before it waits for anything
    audit_origin.name(person.address, person.id)
    return StaffUser(person, identity)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    login_manager.init_app(state.app)
    state.app.jinja_env.filters.update(
        day_and_time=_day_and_time, tokyo_day=_tokyo_day, seal_day=_seal_day, tokyo_input=_tokyo_input,
        grouped_code=recovery_code.grouped,
    )  # fmt: skip


def _day_and_time(moment: datetime) -> str:
    at = moment.astimezone(TOKYO)
    return f"{at:%Y/%m/%d}({_weekdays(language())[at.weekday()]}) {at:%H:%M}"


@cache
def _weekdays(of: Language) -> Mapping[int, str]:
    """Short names of the days of the week, Monday first."""
    return get_day_names("abbreviated", locale=of)


def _tokyo_day(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%Y/%m/%d}"


def _seal_day(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%y.%m.%d}"


def _tokyo_input(moment: datetime) -> str:
    """As an input of type datetime-local wants it."""
    return moment.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")
