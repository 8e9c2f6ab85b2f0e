"""What people do at the provider beside logging in: connect an account, confirm who they are, take up an invitation."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import settings
from models.staff import audit, invitation, login_session
from models.staff.factors import second_factor
from models.staff.member import Member
from models.staff.single_sign_on import provider_identity
from models.staff.single_sign_on.provider_identity import ACTOR, ProviderAccount, ProviderIdentity
from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from models.store.errors import Invalid, KairanError

from ...request import session
from ..login_session import blueprint, member, safe_next, session_key
from . import attempt as attempts
from . import provider
from .asking import answers_refusals, lead_there
from .attempt import SignInAttempt, SignInPurpose
from .id_token import LEEWAY_SECONDS
from .provider_name import provider_name


@blueprint.get("/sign-in/connect")
@answers_refusals
def connected() -> ResponseReturnValue:
    """What of the provider belongs to the account of the person who asks, with a button."""
    found = provider_identity.of_member(session(), member())
    return render_template("staff/single_sign_on/connected.html", identities=found, provider=provider_name())


@blueprint.post("/sign-in/connect")
@answers_refusals
def connect() -> ResponseReturnValue:
    """Go to the provider to connect an identity with one's account."""
    # Only from a form of ours: else another site could have somebody connect what that site is logged in as.
    return lead_there(attempts.begin(url_for("staff.connected"), SignInPurpose.CONNECT, member().id))


def finish_connecting(begun: SignInAttempt, told: ProviderAccount) -> ResponseReturnValue:
    """Connect an identity with the account of who asked for that, if they still are who is here."""
    person = _who_began(begun)
    try:
        provider_identity.connect(session(), person, told.issuer, told.subject, person)
    except Invalid as error:
        raise SignInRefused(RefusalReason.CONNECTED_ELSEWHERE) from error
    return redirect(url_for("staff.connected"))


def may_confirm(person: Member) -> bool:
    """Whether a login at the provider can prove once more who *person* is: all that they log in with here."""
    if not provider.is_used() or not provider_identity.has_any(session(), person):
        return False
    return bool(settings.get().oidc_second_factor) or not second_factor.is_set_up(session(), person)


@blueprint.post("/account/confirm/provider")
@answers_refusals
def confirm_at_provider() -> ResponseReturnValue:
    """Go to the provider to be asked anew who is there."""
    wanted = safe_next(request.args.get("next", ""))
    return lead_there(attempts.begin(wanted, SignInPurpose.CONFIRM, member().id), anew=True)


def finish_confirming(begun: SignInAttempt, told: ProviderAccount) -> ResponseReturnValue:
    """Note that the person who is here has just logged in at the provider, if it is they and it has just asked."""
    person = _who_began(begun)
    known = provider_identity.find(session(), told.issuer, told.subject)
    if known is None or known.member_id != person.id:
        raise SignInRefused(RefusalReason.ANOTHER_PERSON)
    # The address that asks it to ask anew goes through the browser, which may have left that out.
    if told.authenticated_at < begun.begun_at - LEEWAY_SECONDS:
        raise SignInRefused(RefusalReason.NOT_ASKED_ANEW, "" if told.authenticated_at else "no auth_time")
    if second_factor.is_set_up(session(), person) and not told.second_factor:
        raise SignInRefused(RefusalReason.NO_SECOND_FACTOR)
    login_session.note_proof(session(), session_key())
    audit.record(session(), person, "confirm identity", f"member/{person.id}", factor=ACTOR)
    return redirect(safe_next(begun.next))


@blueprint.post("/invitations/<key>/provider")
@answers_refusals
def accept_at_provider(key: str) -> ResponseReturnValue:
    """Go to the provider to take up an invitation. Its key stays here: what goes there is its number."""
    try:
        found, _person = invitation.find(session(), key)
    except KairanError as error:
        raise SignInRefused(RefusalReason.INVITATION_OVER) from error
    return lead_there(attempts.begin("", SignInPurpose.ACCEPT, found.id))


def accepted(begun: SignInAttempt, told: ProviderAccount) -> tuple[ProviderIdentity, Member]:
    """Connect an identity with the account of whoever was invited."""
    try:
        person = invitation.accept_by_identity(session(), begun.about, told)
    except KairanError as error:
        elsewhere = isinstance(error, Invalid) and error.field == "subject"
        raise SignInRefused(
            RefusalReason.CONNECTED_ELSEWHERE if elsewhere else RefusalReason.INVITATION_OVER
        ) from error
    known = provider_identity.find(session(), told.issuer, told.subject)
    assert known is not None
    return known, person


def _who_began(begun: SignInAttempt) -> Member:
    if not current_user.is_authenticated or member().id != begun.about:
        raise SignInRefused(RefusalReason.ATTEMPT_OVER)
    return member()
