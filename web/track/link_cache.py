"""What the tracker knows of issues: where links lead, how hits are tracked, and who does not want to be known.

It is kept in memory and looked at again every few seconds by a thread of its own, so that a corrected link works
soon and no reader waits for the database. What was known is kept on disk too: after a restart without database
and broker, redirects still work.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import structlog
from sqlalchemy import Connection, bindparam, or_, select

from models.deliveries.edition import Link
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.store.errors import Invalid, Unavailable
from models.store.mail_address import a_labels
from models.store.token import Claim
from models.tracking import anonymity, salt, spool
from models.tracking.anonymity import CopyFacts

from .database import Database

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 5.0
"""Seconds after which what is known is looked at again."""
IN_USE_SECONDS = 60.0
"""Seconds after which an issue that nobody asks for is not looked at any more."""
_MAX_ISSUES = 512
_RECENT_ISSUES = 32
_REFUSALS_FILE = "refused.json"


@dataclass(slots=True)
class IssueLinks:
    """An issue as the tracker knows it."""

    tracking: Tracking
    links: dict[int, str] = field(default_factory=dict)
    """By number, where it leads, fit for a Location header."""
    used: float = 0.0
    kept: bool = False
    """Whether the disk has it, too."""


class LinkCache:
    """The issues that this process knows."""

    def __init__(
        self, database: Database, refresh_seconds: float = REFRESH_SECONDS, in_use_seconds: float = IN_USE_SECONDS
    ) -> None:
        self._database = database
        self._refresh_seconds, self._in_use_seconds = refresh_seconds, in_use_seconds
        self._issues: dict[int, IssueLinks] = {}
        self._refused: frozenset[int] | None = None
        self._refused_kept = False
        self._missing: dict[int, float] = {}
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._end = threading.Event()

    def close(self) -> None:
        """End the thread that keeps it fresh."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def known(self, issue: int) -> IssueLinks | None:
        """What memory has of an issue, where :meth:`get` would return it without asking anybody; else None."""
        links = self._issues.get(issue)
        return None if links is None or links.used < time.monotonic() - self._in_use_seconds / 2 else links

    def get(self, issue: int) -> IssueLinks | None:
        """What is known of an issue; None where there is none.

        Raises:
            Unavailable: the database is down, and neither memory nor disk know of the issue.
        """
        self.start()
        links = self._issues.get(issue)
        # What nobody has asked for in a while is not looked at any more: a link of it may have been corrected since.
        if links is None or links.used < time.monotonic() - self._in_use_seconds:
            links = self._load(issue)
        if links is not None:
            links.used = time.monotonic()
        return links

    def learn_refusals(self) -> None:
        """Let :meth:`refuses` tell what is so, where it cannot yet.

        Raises:
            Unavailable: the database is down, and has been since this process began.
        """
        if self._refused is None:
            with self._database.ask() as connection:
                refused = _refusals(connection)
            self._refused = self._refused or refused

    def refuses(self, reader: int) -> bool:
        """Whether a reader does not want to be known. True while nobody can tell."""
        return self._refused is None or reader in self._refused

    def copy_facts(self, claim: Claim, hit_at: int, tracking: Tracking) -> CopyFacts:
        """What is known of a copy whose reader must not be.

        Arguments:
            hit_at: when its hit came (microseconds since 1970).

        Raises:
            Unavailable: the database is down.
        """
        everybody = tracking is Tracking.AGGREGATE
        with self._database.ask() as connection:
            return anonymity.find(connection, claim.issue, claim.subscriber, hit_at, everybody=everybody)

    def _load(self, issue: int) -> IssueLinks | None:
        if self._missing.get(issue, 0) > time.monotonic():
            return None
        try:
            with self._database.ask() as connection:
                found = _read(connection, [issue])
        except Unavailable:
            links = self._issues.get(issue) or _from_disk(issue)
            if links is None:
                raise
            self._issues[issue] = links
            return links
        self._put(found)
        if issue not in found:
            # Forged tokens do not come this far; an issue that was deleted need not be asked for each time.
            self._missing = {
                **dict(list(self._missing.items())[-100:]),
                issue: time.monotonic() + self._refresh_seconds,
            }
        return found.get(issue)

    def _put(self, found: dict[int, IssueLinks]) -> None:
        for issue, links in found.items():
            known = self._issues.get(issue)
            same = known is not None and (known.links, known.tracking) == (links.links, links.tracking)
            # What a full disk did not take is written again until it does.
            links.kept = (same and known is not None and known.kept) or _to_disk(issue, links)
            links.used = known.used if known else 0.0
            self._issues[issue] = links
        while len(self._issues) > _MAX_ISSUES:
            del self._issues[min(self._issues, key=lambda number: self._issues[number].used)]

    def start(self) -> None:
        """Look at what there is, and begin to look again; nothing where that was done.

        A request that came before would wait for it, so that no reader who refused is ever written down.
        """
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._refresh(first=True)
                self._thread = threading.Thread(target=self._run, name="link cache", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(self._refresh_seconds):
            self._refresh()
            salt.drop_expired()

    def _refresh(self, *, first: bool = False) -> None:
        since = time.monotonic() - self._in_use_seconds
        issues = [issue for issue, links in list(self._issues.items()) if links.used > since]
        try:
            with self._database.ask() as connection:
                # New ones are learned before the first request for them, which may find the database gone.
                new = [issue for issue in _recent(connection) if issue not in self._issues]
                found = _read(connection, issues + new)
                refused = _refusals(connection)
        except Unavailable as error:
            log.warning("the tracker cannot reach the database", error=str(error.__cause__ or error))
            if first:
                self._refused = _refusals_from_disk()
            return
        self._put(found)
        if refused != self._refused or not self._refused_kept:
            self._refused_kept = _write_json(_folder() / _REFUSALS_FILE, sorted(refused))
        self._refused = refused


_TRACKING = (
    select(Issue.id, Newsletter.tracking)
    .join(Issue.newsletter)
    .where(Issue.id.in_(bindparam("issues", expanding=True)))
)
_LINKS = select(Link.issue_id, Link.number, Link.url, Link.corrected_url).where(
    Link.issue_id.in_(bindparam("issues", expanding=True))
)


def _read(connection: Connection, issues: Iterable[int]) -> dict[int, IssueLinks]:
    wanted = {"issues": [issue for issue in issues if issue < 2**31]}
    found = {issue: IssueLinks(tracking) for issue, tracking in connection.execute(_TRACKING, wanted)}
    for issue, number, url, corrected in connection.execute(_LINKS, wanted):
        if issue in found and (place := location(corrected or url)):
            found[issue].links[number] = place
    return found


def _recent(connection: Connection) -> list[int]:
    query = (
        select(Issue.id).where(Issue.prepared_at.is_not(None)).order_by(Issue.prepared_at.desc()).limit(_RECENT_ISSUES)
    )
    return list(connection.scalars(query))


def _refusals(connection: Connection) -> frozenset[int]:
    query = select(Subscriber.id).where(or_(Subscriber.tracking_refused, Subscriber.erased_at.is_not(None)))
    return frozenset(connection.scalars(query))


def _refusals_from_disk() -> frozenset[int] | None:
    kept = _read_json(_folder() / _REFUSALS_FILE)
    return frozenset(kept) if isinstance(kept, list) else None


def location(url: str) -> str:
    """*url* in the characters that a Location header may have (RFC 3986); empty where it is no http address."""
    try:
        parts = urlsplit(url)
        host = a_labels(parts.netloc)
    except (ValueError, Invalid):
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    path, query, fragment = (quote(part, safe="%/:?#[]@!$&'()*+,;=~") for part in parts[2:])
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _folder() -> Path:
    return spool.folder() / "links"


def _to_disk(issue: int, links: IssueLinks) -> bool:
    return _write_json(_folder() / f"{issue}.json", {"tracking": links.tracking.value, "links": links.links})


def _from_disk(issue: int) -> IssueLinks | None:
    kept = _read_json(_folder() / f"{issue}.json")
    try:
        return IssueLinks(Tracking(kept["tracking"]), {int(number): url for number, url in kept["links"].items()})
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _write_json(path: Path, value: object) -> bool:
    """Write *value* whole or not at all; whether the disk took it."""
    half = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps(value), "utf-8")
        half.replace(path)
    except OSError as error:
        log.warning("what the tracker knows cannot be kept on disk", error=str(error))
        with suppress(OSError):
            half.unlink()
        return False
    return True
