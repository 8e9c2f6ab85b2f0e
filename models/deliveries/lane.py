"""Lanes: deliveries that share a destination and its limits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import SmallInteger, String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..issues.notifications import notification as notifications
from ..issues.notifications import notification_events
from ..staff import audit
from ..staff.member import Member
from ..store.base import Base, after_create
from ..store.clock import now
from ..store.db import NO_KEY_UPDATE
from ..store.errors import Invalid, NotFound
from ..store.log_redaction import redact
from ..store.phrase import phrase

log = structlog.get_logger(__name__)

NONE = "none"
"""What takes a limit away."""
LIMITS: dict[str, Callable[[str], float]] = {
    "connections": int,
    "letters_per_connection": int,
    "per_second": float,
    "per_hour": int,
}
"""Limits that are one number, and how each is read."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DOMAIN = re.compile(r"(?=.{1,255}\Z)[\w-]+(\.[\w-]+)*")


class Lane(Base):
    """A destination and its limits: for readers whose domain ends in one of ``domains``; without any, for the rest."""

    __tablename__ = "lane"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    domains: Mapped[list[str]] = mapped_column(ARRAY(String(255)), default=list)
    position: Mapped[int] = mapped_column(default=0)
    connections: Mapped[int | None]
    """The most connections of all workers together; None means no limit of its own."""
    letters_per_connection: Mapped[int | None]
    per_second: Mapped[float | None]
    per_hour: Mapped[int | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    """No letters between these times of day in Asia/Tokyo."""
    jitter_seconds: Mapped[int] = mapped_column(default=0)
    """A start on the full hour is delayed by up to this many seconds."""
    warmup: Mapped[list[Any]] = mapped_column(default=list)
    """Letters allowed on day 1, 2, … since ``warmup_from``; no limit after the last."""
    warmup_from: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    resume_at: Mapped[datetime | None]
    """When a paused lane goes on by itself; None means when somebody resumes it."""
    resumed_at: Mapped[datetime | None]
    """When it last went on after a pause: what was refused before that says nothing new."""
    watched_from: Mapped[datetime | None]
    """Since when letters that come back count (:mod:`models.bounces.alarms.lane_alarm`): somebody let it go on then."""
    rests: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often in a row it has had to rest."""


after_create(
    Lane,
    """
    INSERT INTO lane (slug, name, domains, position, connections, letters_per_connection, jitter_seconds, warmup,
                      pause_reason, rests)
    VALUES
      ('docomo', 'NTTドコモ', '{docomo.ne.jp}', 10, 4, 100, 0, '[]', '', 0),
      ('au', 'au', '{ezweb.ne.jp,au.com,uqmobile.jp}', 20, 4, 100, 0, '[]', '', 0),
      ('softbank', 'ソフトバンク',
       '{softbank.ne.jp,i.softbank.jp,vodafone.ne.jp,ymobile.ne.jp,disney.ne.jp}', 30, 4, 100, 0, '[]', '', 0),
      ('gmail', 'Gmail', '{gmail.com,googlemail.com}', 40, NULL, NULL, 0, '[]', '', 0),
      ('microsoft', 'Microsoft', '{outlook.com,outlook.jp,hotmail.com,hotmail.co.jp,live.com,live.jp,msn.com}',
       50, NULL, NULL, 0, '[]', '', 0),
      ('yahoo-japan', 'Yahoo! JAPAN', '{yahoo.co.jp,ymail.ne.jp}', 60, NULL, NULL, 0, '[]', '', 0),
      ('other', 'その他', '{}', 1000, NULL, NULL, 0, '[]', '', 0)
    """,
)


def find(session: Session, slug: str) -> Lane:
    """The lane called *slug*.

    Raises:
        NotFound: there is none.
    """
    lane = session.scalar(select(Lane).where(Lane.slug == slug))
    if lane is None:
        raise NotFound(phrase("there is no lane “{slug}”", slug=slug))
    return lane


def list_all(session: Session) -> Sequence[Lane]:
    """All lanes, in the order in which staff see them."""
    return session.scalars(select(Lane).order_by(Lane.position, Lane.id)).all()


_SENDER = "sender"
"""Who lets a lane go on that has rested."""
RESTS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240))
"""How long a lane rests the first time, the second in a row, …"""
_IN_A_ROW = timedelta(minutes=30)
"""A lane that must rest again so soon after it went on has not recovered."""


def pause(session: Session, lane_id: int, reason: str, *, by: Member | str) -> None:
    """Send nothing in a lane until somebody resumes it. Pausing it again keeps the first reason.

    Arguments:
        by: who pauses it, or the relay whose answer is the reason.
    """
    lane = _locked(session, lane_id)
    went_on_by_itself = lane.paused_at is None or lane.resume_at is not None
    if lane.paused_at is None:
        _stop(session, lane, reason, None, by)
    lane.resume_at = None  # Somebody must look: it does not go on by itself.
    if went_on_by_itself and not isinstance(by, Member) and not by.startswith("kairan "):
        event = f"lane/{lane.slug}/{lane.paused_at}"
        notification_events.lane_stopped(session, (lane.slug, lane.name), event, lane.pause_reason)


def rest(session: Session, lane_id: int, reason: str, *, by: Member | str) -> None:
    """Send nothing in a lane for a time; then it goes on by itself. Each rest in a row is longer than the last."""
    lane = _locked(session, lane_id)
    if lane.paused_at is not None:
        return
    soon = lane.resumed_at is not None and now() - lane.resumed_at < _IN_A_ROW
    lane.rests = min(lane.rests + 1, len(RESTS)) if soon else 1
    _stop(session, lane, reason, now() + RESTS[lane.rests - 1], by)


def _locked(session: Session, lane_id: int) -> Lane:
    return session.get_one(Lane, lane_id, with_for_update=NO_KEY_UPDATE, populate_existing=True)


def _stop(session: Session, lane: Lane, reason: str, until: datetime | None, by: Member | str) -> None:
    lane.paused_at, lane.resume_at, lane.pause_reason = now(), until, reason.strip()
    detail = {"until": until.isoformat()} if until else {}
    action = "rest lane" if until else "pause lane"
    audit.record(session, by or _SENDER, action, f"lane/{lane.slug}", reason=redact(lane.pause_reason), **detail)
    log.error("lane stopped", lane=lane.slug, reason=lane.pause_reason, until=until and until.isoformat())


def resume(session: Session, lane: Lane, *, by: Member | str) -> None:
    """Send in a lane again. It starts slowly: with one connection, then one more at a time."""
    if lane.paused_at is not None:
        if by != _SENDER:
            lane.watched_from = now()
        lane.paused_at, lane.resume_at, lane.pause_reason, lane.resumed_at = None, None, "", now()
        audit.record(session, by, "resume lane", f"lane/{lane.slug}")
        notifications.end(session, lane=lane.slug)


def resume_rested(session: Session) -> None:
    """Let lanes go on whose rest is over."""
    rested = select(Lane).where(Lane.paused_at.is_not(None), Lane.resume_at <= now())
    for lane in session.scalars(rested.with_for_update(key_share=True, skip_locked=True)).all():
        resume(session, lane, by=_SENDER)


def edit(session: Session, lane: Lane, *, by: Member | str, **values: Any) -> None:
    """Change a lane. What is not named stays as it is; None removes a limit.

    Arguments:
        values: columns of :class:`Lane`: ``name``, ``domains``, ``connections``, ``letters_per_connection``,
            ``per_second``, ``per_hour``, ``quiet_from``, ``quiet_until``, ``jitter_seconds``, ``warmup``.

    Raises:
        Invalid: a value makes no sense, or another lane has a domain already; the message says which.
    """
    for name in ("connections", "letters_per_connection", "per_second", "per_hour"):
        if values.get(name) is not None and values[name] <= 0:
            raise Invalid(phrase("{name} must be more than 0; to send nothing, pause the lane", name=name), field=name)
    if ("quiet_from" in values) != ("quiet_until" in values):
        raise Invalid("quiet times have a beginning and an end", field="quiet_from")
    if "domains" in values:
        values["domains"] = _domains(session, lane, values["domains"])
    if "warmup" in values:
        if any(not isinstance(letters, int) or letters <= 0 for letters in values["warmup"]):
            raise Invalid("a warm-up names the letters of each day, more than 0", field="warmup")
        values["warmup_from"] = now() if values["warmup"] else None
    changed = {
        name: [_plain(before), _plain(value)]
        for name, value in values.items()
        if (before := getattr(lane, name)) != value
    }
    for name, value in values.items():
        setattr(lane, name, value)
    session.flush()
    if changed:
        audit.record(session, by, "edit lane", f"lane/{lane.slug}", changed=changed)


def split(typed: str) -> list[str]:
    """The domains that somebody typed, with blanks, commas or line breaks between them."""
    return [part for part in re.split(r"[\s,、，;]+", unicodedata.normalize("NFKC", typed)) if part]


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed on a page or to a command, as values for :func:`edit`. Empty, or ``none``, removes a limit.

    Arguments:
        given: ``connections``, ``letters_per_connection``, ``per_second``, ``per_hour``, ``quiet`` (21:00-08:00),
            ``jitter`` (seconds) and ``warmup`` (1000,5000,…), those that are meant.

    Raises:
        Invalid: one of them is no number or span; ``field`` says which.
    """
    values: dict[str, Any] = {}
    for name, typed in given.items():
        plain = unicodedata.normalize("NFKC", typed).strip()
        nothing = plain in ("", NONE)
        if name in LIMITS:
            values[name] = None if nothing else _number(name, plain)
        elif name == "quiet":
            values["quiet_from"], values["quiet_until"] = (None, None) if nothing else _quiet(plain)
        elif name == "warmup":
            values[name] = [] if nothing else [int(_number(name, part)) for part in split(plain)]
        elif name == "jitter":
            values["jitter_seconds"] = 0 if nothing else int(_number("jitter_seconds", plain))
    if values.get("jitter_seconds", 0) < 0:
        raise Invalid(phrase("“{typed}” is no number for --{name}", typed=given["jitter"], name="jitter"),
                      field="jitter_seconds")  # fmt: skip
    return values


def _number(name: str, typed: str) -> float:
    try:
        number = LIMITS.get(name, int)(typed)
    except ValueError:
        number = float("nan")
    if not -(2**31) < number < 2**31:
        raise Invalid(
            phrase("“{typed}” is no number for --{name}", typed=typed, name=name.replace("_", "-")), field=name
        )
    return number


def _quiet(typed: str) -> tuple[time, time]:
    try:
        begin, end = (time.fromisoformat(part.strip().zfill(5)) for part in typed.split("-"))
    except ValueError:
        raise Invalid(
            phrase("“{typed}” is no span of the day: write it as 21:00-08:00", typed=typed), field="quiet_from"
        ) from None
    return begin, end


def _domains(session: Session, lane: Lane, typed: Sequence[str]) -> list[str]:
    domains = list(dict.fromkeys(domain.strip().lower().lstrip("@.") for domain in typed))
    if bool(domains) != bool(lane.domains) and lane.id is not None:
        raise Invalid("the lane of all other destinations has no domains, and every other lane has some")
    for other in list_all(session):
        if other.id != lane.id and (taken := sorted(set(domains) & set(other.domains))):
            raise Invalid(
                phrase("{taken} belongs to the lane “{slug}”", taken=taken[0], slug=other.slug), field="domains"
            )
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise Invalid(phrase("“{domain}” is no domain: write it as example.jp", domain=domain), field="domains")
    return domains


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | time) else value


def add(session: Session, slug: str, name: str, domains: Sequence[str], *, by: Member | str) -> Lane:
    """Add a lane for some destinations. Issues that are prepared already keep the old lanes.

    Raises:
        Invalid: there is one of that name, or a domain belongs to another.
    """
    if not _SLUG.fullmatch(slug):
        raise Invalid("a lane's name has small letters, digits and hyphens", field="slug")
    if session.scalar(select(Lane.id).where(Lane.slug == slug)):
        raise Invalid(phrase("there is a lane “{slug}” already", slug=slug), field="slug")
    highest = max((lane.position for lane in list_all(session) if lane.domains), default=0)
    lane = Lane(slug=slug, name=name, domains=[], position=highest + 10, pause_reason="")
    checked = _domains(session, lane, domains)
    if not checked:
        raise Invalid("a lane needs a domain", field="domains")
    lane.domains = checked
    session.add(lane)
    session.flush()
    audit.record(session, by, "add lane", f"lane/{slug}", domains=checked)
    return lane
