"""Checking what the provider signed: identity tokens (OpenID Connect Core 1.0, 3.1.3.7) and logout tokens (Back-Channel
Logout 1.0, 2.6).

Only signatures that the provider alone can make are taken: keys that we would share, or none, are not
(RFC 8725, 3.1 and 3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError

import settings
from models.staff.single_sign_on.sign_in_refusal import RefusalReason, SignInRefused
from models.store.clock import now

from . import provider

LEEWAY_SECONDS = 120
"""So far may the provider's clock be from ours."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ALGORITHMS = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "EC": frozenset({"ES256", "ES384", "ES512"}),
}
_ALLOWED = frozenset().union(*_ALGORITHMS.values())


def read_identity(token: str, nonce: str, access_token: str) -> dict[str, Any]:
    """The claims of an identity token that is meant for us, for this attempt, now. Within ``provider.question``.

    Raises:
        SignInRefused: it is not, with what is wrong.
        ProviderDown, ProviderWrong: its keys are not to be had.
    """
    decoded = _verified(token)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {"iss": {"essential": True, "value": provider.addresses().issuer},
         "aud": {"essential": True, "value": settings.get().oidc_client_id}},
        {"nonce": nonce, "client_id": settings.get().oidc_client_id, "access_token": access_token},
    )  # fmt: skip
    _check(claims)
    subject = claims["sub"]
    if not subject.isascii() or not subject.isprintable() or not 0 < len(subject) <= 255:  # Core 1.0, 2
        raise SignInRefused(RefusalReason.SIGNATURE, "sub")
    return dict(claims)


def read_logout(token: str) -> dict[str, Any]:
    """The claims of a logout token that is meant for us. Within ``provider.question``.

    Raises:
        SignInRefused: it is not.
        ProviderDown, ProviderWrong: its keys are not to be had.
    """
    decoded = _verified(token)
    claims = jwt.JWTClaimsRegistry(
        now=int(now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.addresses().issuer},
        aud={"essential": True, "value": settings.get().oidc_client_id},
        iat={"essential": True},
    )
    try:
        claims.validate(decoded.claims)
    except JoseError as error:
        raise _refusal(error) from error
    told = decoded.claims
    events = told.get("events")
    named = [name for name in ("sub", "sid") if isinstance(told.get(name), str) and told[name].isprintable()]
    if told["iat"] < 0:
        raise SignInRefused(RefusalReason.SIGNATURE, "iat")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in told or not named:
        raise SignInRefused(RefusalReason.SIGNATURE, "no logout token")
    return dict(told)


def _verified(token: str) -> jwt.Token:
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
        key = _key_for(header)
        return jwt.decode(token, key, algorithms=[str(header["alg"])])
    except (JoseError, UnicodeError, ValueError, RecursionError) as error:
        raise SignInRefused(RefusalReason.SIGNATURE, f"signature: {type(error).__name__}") from error


def _key_for(header: Mapping[str, Any]) -> provider.Key:
    """The one key that must have made the signature. A set of several needs a name for it (Core 1.0, 10.1)."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in _ALLOWED:
        raise SignInRefused(RefusalReason.SIGNATURE, f"alg {str(algorithm)[:20]!r} is not taken")
    if kid is not None and not isinstance(kid, str):
        raise SignInRefused(RefusalReason.SIGNATURE, "kid")
    fitting = [
        key
        for key in provider.keys(kid)
        if algorithm in _ALGORITHMS[key.key_type] and key.get("alg", algorithm) == algorithm
    ]
    if len(fitting) != 1:
        raise SignInRefused(
            RefusalReason.SIGNATURE, f"{len(fitting)} keys fit kid {str(kid)[:60]!r} and alg {algorithm}"
        )
    return fitting[0]


def _check(claims: CodeIDToken) -> None:
    try:
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY_SECONDS)
    except JoseError as error:
        raise _refusal(error) from error
    except (TypeError, ValueError) as error:  # Authlib takes for granted that some claims are text
        raise SignInRefused(RefusalReason.SIGNATURE, "a claim of the wrong type") from error


def _refusal(error: JoseError) -> SignInRefused:
    """A token from the future, or an old one that has just come, tells of a clock."""
    early = isinstance(error, InvalidClaimError) and error.claim in ("iat", "nbf")
    if early or isinstance(error, ExpiredTokenError):
        return SignInRefused(RefusalReason.CLOCK, str(error)[:200])
    return SignInRefused(RefusalReason.SIGNATURE, f"{type(error).__name__}: {error}"[:200])
