"""What every request gets: a database session, a number of its own, limits, a CSRF check and safe headers.

A view calls :func:`session` and changes what it must. When it has answered with a status below 400, the request
commits; an answer from 400 on, or an exception, rolls back. A view that must keep something in spite of that
(a failed login in the audit log) calls :func:`commit` itself.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

import settings
from models.staff import audit_origin
from models.staff.audit_origin import Edge, Origin
from models.store import broker, db
from models.store.secret_key import secret_key

from . import address_parts, base_path
from . import client_address as client_address_of
from .request_body import REFUSED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

log = structlog.get_logger("web")

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' https: data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The addresses of readers' pages hold tokens, so no other site may learn them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
MAX_READERS_FORM = 4 * 1024 * 1024
MAX_HOOK = 1024 * 1024
"""Bytes of a form: a manuscript of 200,000 characters takes up to 1.8 MB on its way."""
MAX_STAFF_FORM = 64 * 1024 * 1024
MAX_LIST = 201 * 1024 * 1024
_LISTS = re.compile(r"/staff/newsletters/[^/]+/imports")
"""Bytes of a form of staff, pictures included: one that is too large is refused alone: the text stays."""
HSTS_SECONDS = 365 * 24 * 3600


def client_address() -> str:
    """The address that the request came from, as far as proxies that we trust tell it; empty where nobody knows."""
    return client_address_of.find(request.environ, settings.get().trusted_proxies)


def network() -> str:
    """Whose requests are counted together: one IPv4 address, or the /64 of one IPv6 line."""
    try:
        address = ipaddress.ip_address(client_address())
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def is_own_network() -> bool:
    """Whether the request comes from one of METRICS_NETWORKS, and through no proxy that we were not told of."""
    if client_address_of.came_through_unknown_proxy(request.environ, settings.get().trusted_proxies):
        return False
    try:
        address = ipaddress.ip_address(client_address())
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(one) for one in settings.get().metrics_networks.split())


def is_own_host() -> bool:
    """Whether the request names BASE_URL's host, or this machine."""
    named = [request.host, *filter(None, [request.headers.get("X-Forwarded-Host")])]
    own = {urlsplit(settings.get().base_url).hostname, "localhost", "127.0.0.1", "::1"}
    found = [address_parts.split(f"//{host.strip()}") for host in named]
    return all(parts is not None and parts.hostname in own for parts in found)


csrf = CSRFProtect()
# With the broker down nobody is limited: a form that works matters more than a bot that gets through for a while.
limiter = Limiter(network, swallow_errors=True, strategy="moving-window", key_prefix="kairan")


def cookie_name(name: str) -> str:
    """*name* with the prefix by which browsers over https keep other hosts from setting it (RFC 6265bis, 4.1.3.2).

    Where we share our host, the cookie is for our path alone, and that prefix is for cookies of a whole host.
    """
    if not settings.get().base_url.startswith("https://"):
        return name
    return f"__Secure-{name}" if settings.get().base_path else f"__Host-{name}"


def cookie_path() -> str:
    """The path that our cookies are for."""
    return settings.get().base_path or "/"


def form_limit(path: str) -> int:
    """The bytes that a form may have which is sent to *path*."""
    if _LISTS.fullmatch(path):
        return MAX_LIST
    if path.startswith("/hooks/"):
        return MAX_HOOK
    return MAX_STAFF_FORM if path.startswith("/staff/") else MAX_READERS_FORM


def csrf_exempt(view: View) -> View:
    """Mark a view that must work without cookies: its address holds a token, or it checks by itself."""
    csrf.exempt(view)
    return view


def session() -> Session:
    """The database session of this request, opened when first asked for."""
    if "session" not in g:
        g.session = Session(db.engine(), expire_on_commit=False)
    opened: Session = g.session
    return opened


def commit() -> None:
    """Keep what this request has changed so far, whatever it answers."""
    if "session" in g:
        g.session.commit()


def request_id() -> str:
    """The number of this request (16 hex digits): in the log, and on pages that tell of an error."""
    return str(g.get("request_id", ""))


class Application(Flask):
    """Flask that commits when a view has answered well, at the path of BASE_URL."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; what a WSGI server calls."""
        base_path.mount(environ)
        return super().__call__(environ, start_response)

    def full_dispatch_request(self) -> Response:
        """Answer a request; what is changed meanwhile is known to come from here."""
        with audit_origin.acting(_origin()):
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and settle its session here, inside of error handling, where a failed commit becomes a page."""
        response = self.make_response(super().dispatch_request())
        if "session" in g:
            if response.status_code < 400:
                g.session.commit()
            else:
                g.session.rollback()
        return response


def _origin() -> Origin:
    """Where changes of this request come from. Only staff's addresses go into the audit log, never a reader's."""
    first = request.path.removeprefix("/").partition("/")[0]
    if first not in ("staff", "api"):
        return Origin("page")
    edge: Edge = "api" if first == "api" else "page"
    return Origin(edge, client_address(), watched=request.method not in ("GET", "HEAD"))


def init_app(app: Flask) -> None:
    """Give *app* sessions, limits, CSRF checks, headers and a log line per request."""
    ours = settings.get()
    secure = ours.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=secret_key(),
        SESSION_COOKIE_NAME=cookie_name("kairan"),
        SESSION_COOKIE_PATH=cookie_path(),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=max(24, ours.session_hours)),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        # A form may stay open all day; the token ends with the browser's session. Some proxies cut the Referer.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=MAX_READERS_FORM,
        MAX_FORM_MEMORY_SIZE=MAX_READERS_FORM,
        RATELIMIT_STORAGE_URI=broker.limiter_url(),
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
    )
    app.before_request(_start)  # before anything reads a form
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_make_location_relative)
    app.after_request(_add_security_headers)
    app.after_request(_log_request)
    app.teardown_request(_close)
    app.jinja_env.globals.update(request_id=request_id)


def _start() -> None:
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    request.max_content_length = form_limit(request.path)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
    if refused := request.environ.get(REFUSED, 0):
        abort(refused)


def _make_location_relative(response: Response) -> Response:
    """A redirect to a page of ours names no host: the one that the request named may be anybody's."""
    location = response.headers.get("Location", "")
    for ours in (request.host_url, f"{base_path.origin()}/"):
        if location.startswith(ours):
            response.headers["Location"] = "/" + location.removeprefix(ours).lstrip("/\\")
            break
    return response


def _add_security_headers(response: Response) -> Response:
    """Headers that a view has set itself are left as they are."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if settings.get().base_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")
    if "Cache-Control" not in response.headers:
        response.cache_control.no_store = True
    response.headers["X-Request-ID"] = request_id()
    return response


def _log_request(response: Response) -> Response:
    # The rule, not the path: paths of readers' pages hold tokens.
    rule = request.url_rule.rule if request.url_rule else "(none)"
    taken = (time.perf_counter() - g.began) * 1000 if "began" in g else 0
    log.info("request", method=request.method, rule=rule, status=response.status_code, ms=round(taken, 1))
    return response


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()
