"""The tracker: open pixel, tracked links and web view, answered in front of Flask.

``/c/NUMBER/TOKEN`` redirects to a link of the issue, ``/o/TOKEN.gif`` answers a transparent picture, and
``/v/TOKEN`` is noted and handed on to Flask, which shows the letter. A redirect resolves a stored link number and
nothing else. What is not ours, forged or unknown goes to Flask, whose 404 page leads to the archive.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING

import settings
from models.issues.newsletter import Tracking
from models.store.clock import now
from models.store.errors import Unavailable
from models.store.token import BadToken, Claim, Purpose, read
from models.tracking import privacy_filter
from models.tracking.anonymity import CopyFacts
from models.tracking.hit import IncomingHit, live_microseconds, new_id
from models.tracking.privacy_filter import TrackingRequest, identified
from models.tracking.rules import HEADERS, HitKind

from .. import client_address
from .database import Database
from .hit_buffer import HitBuffer
from .link_cache import IN_USE_SECONDS, REFRESH_SECONDS, IssueLinks, LinkCache
from .undecided_hits import UndecidedHits

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A transparent GIF of one pixel, 43 bytes with its end."""
_PRIVATE_HEADERS = [
    ("Cache-Control", "no-store, private"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("X-Content-Type-Options", "nosniff"),
]
_PIXEL_HEADERS = [
    ("Content-Type", "image/gif"),
    ("Content-Length", str(len(PIXEL))),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    *_PRIVATE_HEADERS,
]
_ALWAYS_KEPT = ("accept", "accept-language")
_ENVIRON_KEYS = [(name, "HTTP_" + name.upper().replace("-", "_")) for name in HEADERS]
_UNAVAILABLE_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>しばらくお待ちください</title>
<meta name="viewport" content="width=device-width"></head>
<body><h1>しばらくお待ちください</h1>
<p>ただいまリンク先を確認できません。数分後にもう一度リンクを開いてください。</p>
<p lang="en">We cannot look up this link at the moment. Please open it again in a few minutes.</p></body></html>
""".encode()


class Tracker:
    """The tracker as a WSGI application. One process has one."""

    def __init__(
        self,
        flask: WSGIApplication,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        in_use_seconds: float = IN_USE_SECONDS,
    ) -> None:
        self._flask = flask
        self._proxies = settings.get().trusted_proxies
        self._database = Database()
        self._hits = HitBuffer(self._database)
        self._links = LinkCache(self._database, refresh_seconds, in_use_seconds)
        self._undecided = UndecidedHits(self._decide)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or hand on."""
        handler = _ROUTES.get(environ["PATH_INFO"][:3])
        return handler(self, environ, start_response) if handler else self._flask(environ, start_response)

    def is_immediate(self, environ: WSGIEnvironment) -> bool:
        """Whether a request is a click or an opening that is answered from memory, without database, disk or Flask."""
        purpose = _IMMEDIATE.get(environ["PATH_INFO"][:3])
        if purpose is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return False
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            return False
        try:
            claim = read(purpose, _token(environ["PATH_INFO"]))
        except BadToken:
            return False
        issue = self._links.known(claim.issue)
        if issue is None or (purpose is Purpose.CLICK and _link_number(environ["PATH_INFO"]) not in issue.links):
            return False
        # What is known of a nameless copy comes from the database.
        return issue.tracking is Tracking.OFF or (
            issue.tracking is Tracking.INDIVIDUAL and not self._links.refuses(claim.subscriber)
        )

    def start(self) -> None:
        """Learn of the issues now, for which the first request would have to wait otherwise."""
        self._links.start()

    def settle(self, seconds: float) -> bool:
        """Wait until the hits are where a worker moves them; False if that takes longer than twice *seconds*."""
        return self._undecided.settle(seconds) and self._hits.settle(seconds)

    def close(self) -> None:
        """End its threads and close its connections."""
        self._undecided.close()
        self._hits.close()
        self._links.close()
        self._database.close()

    def click(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Redirect to a link of the issue."""
        if (wrong := _wrong_method(environ, start_response)) is not None:
            return wrong
        link = _link_number(environ["PATH_INFO"])
        try:
            claim = read(Purpose.CLICK, _token(environ["PATH_INFO"]))
            issue = self._links.get(claim.issue)
        except BadToken:
            return self._flask(environ, start_response)
        except Unavailable:
            return _unavailable(environ, start_response)
        if issue is None or link not in issue.links:
            return self._flask(environ, start_response)
        self._record(environ, HitKind.CLICK, claim, link, issue)
        start_response("302 Found", [("Location", issue.links[link]), ("Content-Length", "0"), *_PRIVATE_HEADERS])
        return ()

    def open(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the open pixel."""
        if (wrong := _wrong_method(environ, start_response)) is not None:
            return wrong
        try:
            claim = read(Purpose.OPEN, _token(environ["PATH_INFO"]))
            issue = self._links.get(claim.issue)
        except BadToken:
            return self._flask(environ, start_response)
        except Unavailable:
            # The picture matters to the reader; whether the hit may be kept is found out later.
            self._hold(environ, HitKind.OPEN, claim)
            start_response("200 OK", list(_PIXEL_HEADERS))
            return _body(environ, PIXEL)
        if issue is None:
            return self._flask(environ, start_response)
        self._record(environ, HitKind.OPEN, claim, 0, issue)
        start_response("200 OK", list(_PIXEL_HEADERS))
        return _body(environ, PIXEL)

    def view(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Note a web view and hand it on."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._flask(environ, start_response)
        try:
            claim = read(Purpose.VIEW, environ["PATH_INFO"][3:])
            issue = self._links.get(claim.issue)
        except BadToken:
            return self._flask(environ, start_response)
        except Unavailable:
            self._hold(environ, HitKind.VIEW, claim)
            return self._flask(environ, start_response)
        if issue is not None:
            self._record(environ, HitKind.VIEW, claim, 0, issue)
        return self._flask(environ, start_response)

    def _record(self, environ: WSGIEnvironment, kind: HitKind, claim: Claim, link: int, issue: IssueLinks) -> None:
        """Keep a hit, in the way that the newsletter and the reader want. Letters to nobody (tests) leave none."""
        if issue.tracking is Tracking.OFF or not claim.subscriber:
            return
        request, code, at = self._request(environ, kind, claim, link), new_id(), live_microseconds(now())
        try:
            self._keep(request, code, at, issue.tracking)
        except Unavailable:  # Nobody knows how many readers the hit would tell of.
            self._undecided.put(identified(request, code, at))

    def _hold(self, environ: WSGIEnvironment, kind: HitKind, claim: Claim) -> None:
        """Hold a hit in memory until somebody knows its issue."""
        if claim.subscriber:
            self._undecided.put(identified(self._request(environ, kind, claim, 0), new_id(), live_microseconds(now())))

    def _decide(self, entry: IncomingHit) -> None:
        """Keep a hit that was held, in the way that is wanted; nothing of it where there is no such issue.

        Raises:
            Unavailable: nobody knows its issue yet, or who refuses.
        """
        issue = self._links.get(entry.issue)
        self._links.learn_refusals()
        if issue is None or issue.tracking is Tracking.OFF:
            return
        request = TrackingRequest(
            entry.kind, entry.method, entry.issue, entry.reader, entry.link, entry.client, entry.agent, entry.headers
        )
        self._keep(request, entry.id, entry.at, issue.tracking)

    def _request(self, environ: WSGIEnvironment, kind: HitKind, claim: Claim, link: int) -> TrackingRequest:
        headers = {name: environ[key] for name, key in _ENVIRON_KEYS if key in environ}
        for name in _ALWAYS_KEPT:
            headers.setdefault(name, "")
        return TrackingRequest(
            kind, environ["REQUEST_METHOD"], claim.issue, claim.subscriber, link,
            client_address.find(environ, self._proxies), environ.get("HTTP_USER_AGENT", ""), headers,
        )  # fmt: skip

    def _keep(self, request: TrackingRequest, code: str, at: int, tracking: Tracking) -> None:
        """Keep a hit as far as it may be kept.

        Raises:
            Unavailable: its reader must not be identified, and the database is down.
        """
        refused = self._links.refuses(request.reader)
        copy = _NO_FACTS
        if privacy_filter.is_nameless(tracking, refused=refused):
            copy = self._links.copy_facts(Claim(request.issue, request.reader), at, tracking)
        entry = privacy_filter.filter_request(request, code, at, tracking, refused=refused, copy=copy)
        if entry is not None:
            self._hits.put(entry)


def mount(flask: WSGIApplication) -> Tracker:
    """Put the tracker before *flask*.

    It stands outside of what rewrites the environment.
    """
    return Tracker(flask)


_NO_FACTS = CopyFacts()
_IMMEDIATE = {"/c/": Purpose.CLICK, "/o/": Purpose.OPEN}
_ROUTES = {"/c/": Tracker.click, "/o/": Tracker.open, "/v/": Tracker.view}


def _link_number(path: str) -> int:
    """The number in ``/c/NUMBER/TOKEN``; 0, which no link has, where that is not the path's form."""
    number = path[3:].partition("/")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 5 else 0


def _token(path: str) -> str:
    """The token in ``/c/NUMBER/TOKEN`` or ``/o/TOKEN.gif``."""
    return path[3:].partition("/")[2] if path.startswith("/c/") else path[3:].removesuffix(".gif")


def _wrong_method(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return None
    start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0"), *_PRIVATE_HEADERS])
    return ()


def _unavailable(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(_UNAVAILABLE_PAGE))),
        ("Retry-After", "60"),
    ]
    start_response("503 Service Unavailable", [*headers, *_PRIVATE_HEADERS])
    return _body(environ, _UNAVAILABLE_PAGE)


def _body(environ: WSGIEnvironment, content: bytes) -> Iterable[bytes]:
    return () if environ["REQUEST_METHOD"] == "HEAD" else (content,)
