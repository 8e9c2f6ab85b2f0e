"""The authorization code flow (OpenID Connect Core 1.0, 3.1): out with a question, back with a code."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from flask import url_for

import settings
from models.staff.single_sign_on.provider_identity import ProviderAccount
from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from models.store import input_rule, mail_address
from models.store.errors import Invalid

from ... import base_path
from . import provider
from .attempt import SignInAttempt, SignInPurpose
from .bounded_http import ProviderWrong
from .id_token import read_identity

_MAX_GROUPS = 2000
_MAX_TOKEN = 6 * 1024
"""Characters of an identity token that is kept for logging out; without it, the provider asks the person."""


def redirect_uri() -> str:
    """The address that the provider sends people back to, and that it must know."""
    return f"{base_path.origin()}{url_for('staff.finish_sign_in')}"


def question_address(attempt: SignInAttempt, *, anew: bool = False) -> str:
    """Where the browser goes to be asked who is there. Within ``provider.question``.

    Arguments:
        anew: whether the provider asks also where it knows: it may be somebody else at a shared computer.
    """
    return str(
        prepare_grant_uri(
            provider.addresses().authorization,
            settings.get().oidc_client_id,
            "code",
            redirect_uri(),
            settings.get().oidc_scopes,
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=attempt.challenge,
            code_challenge_method="S256",
            prompt="login" if anew else None,
            max_age=0 if attempt.purpose is SignInPurpose.CONFIRM else None,
        )
    )


def account_of(code: str, attempt: SignInAttempt) -> ProviderAccount:
    """Who the provider says is there. Within ``provider.question``.

    Raises:
        SignInRefused: the code or the token is not good.
        ProviderDown, ProviderWrong: the provider does not say.
    """
    told = _exchange(code, attempt)
    access_token = _text(told.get("access_token"))
    raw = _text(told.get("id_token"))
    claims = read_identity(raw, attempt.nonce, access_token)
    claim = settings.get().oidc_groups_claim
    if (_groups(claims, claim) is None or not _text(claims.get("email"))) and provider.addresses().userinfo:
        claims = _joined(claims, _user_info(access_token, claims["sub"]))
    groups = _groups(claims, claim)
    if groups is None and claim in (claims.get("_claim_names") or {}):  # Core 1.0, 5.6.2; Entra ID with many groups
        raise SignInRefused(RefusalReason.TOO_MANY_GROUPS)
    return ProviderAccount(
        issuer=provider.addresses().issuer,
        subject=claims["sub"],
        address=_mail_address(_text(claims.get("email"))),
        verified=claims.get("email_verified") in (True, "true") or settings.get().oidc_addresses_verified,
        name=_name(claims),
        groups=groups or frozenset(),
        second_factor=_has_second_factor(claims),
        authenticated_at=told_at if isinstance(told_at := claims.get("auth_time"), int) else 0,
        sid=_text(claims.get("sid"))[:255],
        id_token=raw if len(raw) <= _MAX_TOKEN else "",
    )


def _exchange(code: str, attempt: SignInAttempt) -> dict[str, Any]:
    ours = settings.get()
    secret = ours.oidc_client_secret.get_secret_value()
    more, headers = {"code_verifier": attempt.verifier}, {}
    if secret and provider.addresses().takes_basic:
        pair = f"{quote(ours.oidc_client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        more |= {"client_id": ours.oidc_client_id, **({"client_secret": secret} if secret else {})}
    body = prepare_token_request("authorization_code", "", redirect_uri(), code=code, **more)
    answer = provider.ask(provider.addresses().token, body=body, headers=headers)
    error = _text(answer.content.get("error"))[:60]
    if error == "invalid_grant":  # used, late, or of another try
        raise SignInRefused(RefusalReason.ATTEMPT_OVER, error)
    if answer.status != 200 or error:
        raise ProviderWrong(f"for a code it answers {answer.status} {error!r}: are client and secret right?")
    return answer.content


def _user_info(access_token: str, subject: str) -> dict[str, Any]:
    answer = provider.ask(provider.addresses().userinfo, headers={"Authorization": f"Bearer {access_token}"})
    if answer.status != 200:
        raise ProviderWrong(f"its userinfo answers {answer.status}")
    if answer.content.get("sub") != subject:  # Core 1.0, 5.3.2
        raise SignInRefused(RefusalReason.SIGNATURE, "userinfo of somebody else")
    return answer.content


def _joined(signed: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both; what the provider has signed is not replaced, and an address is verified by whoever tells it."""
    told = {**more, **signed}
    if signed.get("email") and signed["email"] != more.get("email"):
        told["email_verified"] = signed.get("email_verified")
    return told


def _groups(claims: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """The groups in a claim, by its name or by its path; None where there is no such claim."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    if found is None:
        return None
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or len(listed) > _MAX_GROUPS:
        raise SignInRefused(RefusalReason.SIGNATURE, f"claim {name} is no list of names")
    return frozenset(one for one in listed if _text(one))


def _has_second_factor(claims: Mapping[str, Any]) -> bool:
    wanted = set(settings.get().oidc_second_factor.split())
    methods = claims.get("amr")
    told = [*(methods if isinstance(methods, list) else []), claims.get("acr")]
    return any(isinstance(one, str) and one in wanted for one in told)


def _name(claims: Mapping[str, Any]) -> str:
    """How the person is called; people's names are shown, and letters greet with them."""
    for claim in ("name", "preferred_username", "email"):
        told = claims.get(claim)
        found = " ".join(input_rule.cleaned(told if isinstance(told, str) else "").split())[:200]
        if input_rule.is_visible(found):
            return found
    return str(claims["sub"])[:200]


def _mail_address(told: str) -> str:
    """The address as ours are written; empty where there is none, or one that we would have to put right first."""
    try:
        mail_address.parse(told)
    except Invalid:
        return ""
    plain = told == mail_address.normalise(told) and len(told) <= 320
    return told.lower() if plain else ""


def _text(value: Any) -> str:
    """*value* where it is one line of text, which the database can hold; else nothing."""
    return value if isinstance(value, str) and input_rule.is_line(value) else ""
