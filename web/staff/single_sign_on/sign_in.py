"""The pages of single sign-on: out to the identity provider, and back in."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import settings
from models.staff import audit, membership
from models.staff.member import Member
from models.staff.single_sign_on import group_role, provider_identity
from models.staff.single_sign_on.provider_identity import ACTOR, ProviderAccount, ProviderIdentity
from models.staff.single_sign_on.provider_session import ProviderLogin
from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from models.store.clock import now

from ...request import client_address, commit, session
from .. import login_limit
from ..account import login_steps
from ..login_session import blueprint, safe_next
from . import attempt as attempts
from . import code_flow, own_identity, provider
from .asking import answers_refusals, asking, go_there
from .attempt import SignInAttempt, SignInPurpose


@blueprint.get("/sign-in")
@answers_refusals
def start_sign_in() -> ResponseReturnValue:
    """Go to the identity provider, and from there to the page that was wanted; with `?anew` as somebody else, maybe."""
    return go_there(attempts.begin(safe_next(request.args.get("next", ""))), anew="anew" in request.args)


@blueprint.get("/sign-in/finish")
@answers_refusals
def finish_sign_in() -> ResponseReturnValue:
    """Come back from the identity provider: find or make the account, renew the roles that groups stand for, log in."""
    begun = attempts.find(request.args.get("state", "")[:4000])
    if begun is None:
        if current_user.is_authenticated:  # the way back of a browser that has been here, or another tab's
            return redirect(url_for("staff.home"))
        raise SignInRefused(RefusalReason.ATTEMPT_OVER)
    if not login_limit.slow_down(""):
        raise SignInRefused(RefusalReason.BUSY)
    try:
        response = make_response(_finish(begun, _account(begun)))
    except SignInRefused as refused:
        if refused.reason not in (RefusalReason.BUSY, RefusalReason.PROVIDER_DOWN):
            login_limit.note_wrong()
        _record_refusal(refused)
        raise
    attempts.forget(begun, response)
    return response


def _account(begun: SignInAttempt) -> ProviderAccount:
    """Who the provider says is there."""
    with asking():
        told, issuer = request.args.get("iss"), provider.addresses().issuer
        if told != issuer and (told is not None or provider.addresses().names_itself):  # RFC 9207, 2.4
            raise SignInRefused(RefusalReason.SIGNATURE, f"an answer of another provider: {str(told)[:100]!r}")
        if error := request.args.get("error"):
            away = error in ("server_error", "temporarily_unavailable")
            raise SignInRefused(RefusalReason.PROVIDER_DOWN if away else RefusalReason.CANCELLED, error[:60])
        code = request.args.get("code", "")[:4000]
        if not code or not attempts.use(begun):
            raise SignInRefused(RefusalReason.ATTEMPT_OVER)
        return code_flow.account_of(code, begun)


def _finish(begun: SignInAttempt, told: ProviderAccount) -> ResponseReturnValue:
    match begun.purpose:
        case SignInPurpose.CONNECT:
            return own_identity.finish_connecting(begun, told)
        case SignInPurpose.CONFIRM:
            return own_identity.finish_confirming(begun, told)
        case SignInPurpose.ACCEPT:
            return _enter(*own_identity.accepted(begun, told), told, url_for("staff.home"))
        case SignInPurpose.LOG_IN:
            bind = settings.get().oidc_bind_addresses
            known, person = provider_identity.recognise(session(), told, bind_addresses=bind)
            return _enter(known, person, told, safe_next(begun.next))


def _enter(identity: ProviderIdentity, person: Member, told: ProviderAccount, wanted: str) -> ResponseReturnValue:
    """Let in *person*, whom *told* is about: at once after a second factor at the provider, else after ours."""
    membership.renew_roles_by_groups(session(), person, group_role.roles_of(session(), told.groups), ACTOR)
    if not person.grants:
        if identity.last_login_at is not None:
            commit()  # roles that are gone stay gone
        else:
            session().rollback()
        raise SignInRefused(RefusalReason.NO_ROLE, ", ".join(sorted(told.groups))[:300])
    identity.last_login_at = now()
    login = ProviderLogin(identity.id, told.sid, told.id_token, told.second_factor)
    if told.second_factor:
        return login_steps.complete(person, f"{ACTOR} with second factor", way=wanted, provider_login=login)
    return login_steps.after_first_step(person, ACTOR, wanted, login)


def _record_refusal(refused: SignInRefused) -> None:
    """Write a login down that failed, as those with a password are."""
    session().rollback()
    audit.record(session(), ACTOR, "fail login", reason=refused.reason.value, detail=refused.detail,
                 client=client_address())  # fmt: skip
    commit()
