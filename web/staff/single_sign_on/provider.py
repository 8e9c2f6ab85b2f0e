"""What the identity provider says of itself: its addresses and its keys, asked for rarely and kept per process.

OpenID Connect Discovery 1.0, 3 and 4; keys as RFC 7517. Addresses and keys are read anew after an hour, and keys at
once when a token names an unknown one, once a minute at most. While the provider is away, what it said last holds on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

import settings
from models.store.clock import monotonic, now

from . import bounded_http
from .bounded_http import ProviderAnswer, ProviderDown, ProviderWrong

KEPT_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 60.0
"""So often at most does an unknown key make us ask, or anybody's made-up token could."""
REST_SECONDS = 5.0
"""After a question that was not answered, the next ones are refused at once for so long: threads are few."""
AT_ONCE = 4
"""Questions at a time: half of a process's threads for pages (:data:`web.asgi.PAGE_THREADS`)."""

log = structlog.get_logger("web")
_questions = threading.BoundedSemaphore(AT_ONCE)
_reading = threading.Lock()


class ProviderBusy(Exception):
    """So many people log in at this moment that pages would have no thread left."""


class Addresses(NamedTuple):
    """Where the provider is asked for what; empty where it offers nothing of the kind."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    takes_basic: bool
    """Whether the client's secret goes into a header, as most want it; else into the form."""
    names_itself: bool
    """Whether its answers in the browser say whose they are (RFC 9207)."""


Key = RSAKey | ECKey


class _Kept:
    """What this process knows of one provider, and when it was told, in seconds since 1970."""

    def __init__(self) -> None:
        self.addresses: Addresses | None = None
        self.addresses_at = 0.0
        self.keys: list[Key] = []
        self.keys_at = 0.0
        self.down_until = 0.0  # of the monotonic clock


_kept: dict[str, _Kept] = {}


def is_used() -> bool:
    """Whether this installation has an identity provider."""
    return bool(settings.get().oidc_issuer)


def forget() -> None:
    """Know nothing any more, as after a start."""
    _kept.clear()


@contextmanager
def question() -> Iterator[None]:
    """Around everything that may ask the provider.

    Raises:
        ProviderBusy: too many others ask at this moment.
        ProviderDown: it did not answer a moment ago, or does not now.
    """
    known = _known()
    if monotonic() < known.down_until:
        raise ProviderDown("it did not answer a moment ago")
    if not _questions.acquire(blocking=False):
        raise ProviderBusy
    try:
        yield
    except ProviderDown:
        known.down_until = monotonic() + REST_SECONDS
        raise
    finally:
        _questions.release()


def addresses() -> Addresses:
    """Where the provider is asked for what. Within :func:`question`.

    Raises:
        ProviderDown: it does not answer, and has not since the start.
        ProviderWrong: it calls itself by another name, or leaves out what every provider has.
    """
    known = _known()
    with _reading:
        if known.addresses is None or _is_past(known.addresses_at, KEPT_SECONDS):
            try:
                known.addresses = _discover(settings.get().oidc_issuer)
            except (ProviderDown, ProviderWrong) as error:
                if known.addresses is None:
                    raise
                log.warning("the identity provider's addresses could not be read anew", error=str(error))
            known.addresses_at = now().timestamp()
        return known.addresses


def keys(kid: str | None) -> list[Key]:
    """The provider's keys with the name *kid*; all where the token names none. Within :func:`question`.

    Raises:
        ProviderDown, ProviderWrong: there are none here, and it tells none.
    """
    known, told = _known(), addresses()
    with _reading:
        if not known.keys or _is_past(known.keys_at, KEPT_SECONDS):
            _read_keys(known, told)
        found = _named(known.keys, kid)
        if not found and _is_past(known.keys_at, KEYS_AGAIN_SECONDS):
            _read_keys(known, told)
            found = _named(known.keys, kid)
        return found


def ask(url: str, *, body: str | None = None, headers: Mapping[str, str] | None = None) -> ProviderAnswer:
    """Ask at an address that the provider's configuration names (:func:`.bounded_http.ask`)."""
    beside = urlsplit(settings.get().oidc_issuer).hostname or ""
    return bounded_http.ask(url, body=body, headers=headers, beside=beside)


def _known() -> _Kept:
    return _kept.setdefault(settings.get().oidc_issuer, _Kept())


def _is_past(moment: float, seconds: float) -> bool:
    """Whether so much time is over since *moment*, or the clock was set back by as much."""
    return abs(now().timestamp() - moment) >= seconds


def _named(known: list[Key], kid: str | None) -> list[Key]:
    return known if kid is None else [key for key in known if key.kid == kid]


def _discover(issuer: str) -> Addresses:
    answer = bounded_http.ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if answer.status != 200:
        raise ProviderWrong(f"its configuration answers {answer.status}: is OIDC_ISSUER right?")
    told = answer.content
    named = told.get("issuer")
    # A slash at the end is what people slip in; which of the two it is, tokens must say as the provider does.
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        raise ProviderWrong(f"it calls itself {str(named)[:200]!r}, and OIDC_ISSUER says {issuer!r}")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Addresses(
        issuer=named,
        authorization=_address(told, "authorization_endpoint", issuer),
        token=_address(told, "token_endpoint", issuer),
        keys=_address(told, "jwks_uri", issuer),
        userinfo=_address(told, "userinfo_endpoint", issuer, needed=False),
        end_session=_address(told, "end_session_endpoint", issuer, needed=False),
        takes_basic="client_secret_basic" in ways,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(told: dict[str, Any], name: str, issuer: str, *, needed: bool = True) -> str:
    found = told.get(name)
    if found is None and not needed:
        return ""
    try:
        parts = urlsplit(found) if isinstance(found, str) else None
        if parts and parts.hostname and parts.scheme in ("https", urlsplit(issuer).scheme) and "@" not in parts.netloc:
            return str(found)
    except ValueError:
        pass
    raise ProviderWrong(f"its {name} is no address with https: {str(found)[:200]!r}")


def _read_keys(known: _Kept, told: Addresses) -> None:
    try:
        answer = ask(told.keys)
        listed = answer.content.get("keys")
        if answer.status != 200 or not isinstance(listed, list):
            raise ProviderWrong(f"its keys answer {answer.status}, with no list of them")
    except (ProviderDown, ProviderWrong) as error:
        if not known.keys:
            raise
        log.warning("the identity provider's keys could not be read anew", error=str(error))
    else:
        known.keys = [key for one in listed if (key := _key(one)) is not None]
    known.keys_at = now().timestamp()


def _key(told: Any) -> Key | None:
    """A key that signs; None for others, and for kinds that are unknown here: a set may hold any (RFC 7517, 5)."""
    if not isinstance(told, dict) or told.get("use", "sig") != "sig" or told.get("kty") not in ("RSA", "EC"):
        return None
    try:
        made = import_key({name: value for name, value in told.items() if name != "d"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return made if isinstance(made, RSAKey | ECKey) else None
