"""What is wrong with an installation, and how to fix it."""

from __future__ import annotations

import enum
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import settings
from models import migrations
from models.store import broker, db

MIN_POSTGRESQL = 15
MIN_KEY_LENGTH = 32
MAX_CLOCK_SECONDS = 5.0


class Grade(enum.Enum):
    """How a part does."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class CheckResult(NamedTuple):
    """What one check found; *remedy* says what to do about it, empty where all is well."""

    part: str
    grade: Grade
    text: str
    remedy: str = ""


def examine() -> list[CheckResult]:
    """Run every check. None of them raises, and none changes anything."""
    return [check() for check in CHECKS]


def database() -> CheckResult:
    """PostgreSQL answers and is young enough."""
    try:
        with db.engine().connect() as connection:
            number = connection.scalar(text("SELECT current_setting('server_version_num')::int"))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        return CheckResult("database", Grade.BAD, reason, "Start the server, and set DATABASE_URL to where it is.")
    major = int(number or 0) // 10000
    if major < MIN_POSTGRESQL:
        return CheckResult("database", Grade.BAD, f"PostgreSQL {major}", f"Use {MIN_POSTGRESQL} or later.")
    return CheckResult("database", Grade.GOOD, f"PostgreSQL {major} answers")


def migration() -> CheckResult:
    """Every migration has run."""
    try:
        current = migrations.current()
    except SQLAlchemyError:
        return CheckResult("migrations", Grade.BAD, "not known without the database", "Fix the database first.")
    wanted = migrations.head()
    if current != wanted:
        return CheckResult("migrations", Grade.BAD, f"at {current or 'none'} of {wanted}", "Run: kairan migrate")
    return CheckResult("migrations", Grade.GOOD, f"at {current}, the newest")


def clock() -> CheckResult:
    """This machine and the database agree on the time, by which issues are due."""
    try:
        with db.engine().connect() as connection:
            theirs = connection.scalar(text("SELECT clock_timestamp()"))
    except SQLAlchemyError:
        return CheckResult("clock", Grade.BAD, "not known without the database", "Fix the database first.")
    assert isinstance(theirs, datetime)
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > MAX_CLOCK_SECONDS:
        return CheckResult("clock", Grade.BAD, f"{apart:.0f} s from the database's", "Let NTP set both clocks.")
    return CheckResult("clock", Grade.GOOD, "agrees with the database's")


def time_zone() -> CheckResult:
    """Asia/Tokyo, in which staff schedule, is known."""
    try:
        ZoneInfo("Asia/Tokyo")
    except ZoneInfoNotFoundError:
        return CheckResult("time zone", Grade.BAD, "Asia/Tokyo is not known", "Install tzdata.")
    return CheckResult("time zone", Grade.GOOD, "Asia/Tokyo is known")


def redis() -> CheckResult:
    """The broker answers and keeps what it is sent."""
    try:
        kept = _broker_setting("appendonly") == "yes"
        policy = _broker_setting("maxmemory-policy")
    except RedisError as error:
        remedy = "Start Valkey or Redis, and set REDIS_URL to where it is."
        return CheckResult("broker", Grade.BAD, str(error), remedy)
    if not kept:
        remedy = "Start it with: --appendonly yes"
        return CheckResult("broker", Grade.DOUBTFUL, "a restart forgets hits not yet in the database", remedy)
    if policy != "noeviction":
        remedy = "Set maxmemory-policy to noeviction."
        return CheckResult("broker", Grade.DOUBTFUL, f"drops keys when memory is short ({policy})", remedy)
    return CheckResult("broker", Grade.GOOD, "answers and keeps an append-only file")


def _broker_setting(name: str) -> str:
    values = broker.client().config_get(name)
    assert isinstance(values, dict)
    return str(values.get(name, ""))


def relay() -> CheckResult:
    """The SMTP server says hello, and TLS verifies where the address asks for it."""
    parts = urlsplit(settings.get().smtp_url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            with smtplib.SMTP_SSL(host, parts.port or 465, timeout=10, context=context) as client:
                client.noop()
        else:
            with smtplib.SMTP(host, parts.port or 25, timeout=10) as client:
                client.ehlo_or_helo_if_needed()
                if parts.scheme == "smtp+starttls":
                    client.starttls(context=context)
    except (OSError, smtplib.SMTPException) as error:
        remedy = "Check SMTP_URL, and that this machine may reach it. Letters wait meanwhile; none is lost."
        return CheckResult("relay", Grade.BAD, f"{host}: {error}", remedy)
    if settings.get().kairan_mailbox:
        return CheckResult("relay", Grade.GOOD, "letters are caught and shown at /dev/mailbox; none is mailed")
    if parts.scheme == "smtp" and host not in ("127.0.0.1", "::1", "localhost"):
        remedy = "Use smtp+starttls:// or smtps:// if the relay can."
        return CheckResult("relay", Grade.DOUBTFUL, f"{host} answers, without encryption", remedy)
    return CheckResult("relay", Grade.GOOD, f"{host} answers")


def secret() -> CheckResult:
    """The key that everything is signed with cannot be guessed."""
    key = settings.get().secret_key.get_secret_value()
    make = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    remedy = f"Make one and keep it forever, or links in letters that are out stop working: {make}"
    if len(key) < MIN_KEY_LENGTH:
        return CheckResult("secret key", Grade.BAD, f"SECRET_KEY has {len(key)} of {MIN_KEY_LENGTH} characters", remedy)
    if len(set(key)) < MIN_KEY_LENGTH // 3:
        return CheckResult("secret key", Grade.BAD, "SECRET_KEY repeats few characters", remedy)
    return CheckResult("secret key", Grade.GOOD, f"{len(key)} characters")


def base_url() -> CheckResult:
    """Readers reach us over HTTPS, which one-click unsubscription demands (RFC 8058, 3.1)."""
    address = settings.get().base_url
    parts = urlsplit(address)
    if parts.scheme == "https":
        return CheckResult("base URL", Grade.GOOD, address)
    if settings.get().kairan_mailbox:
        return CheckResult("base URL", Grade.GOOD, f"{address} (letters stay on this machine)")
    remedy = "Put a TLS proxy in front and set BASE_URL to its https:// address (and TRUSTED_PROXIES to 1)."
    return CheckResult("base URL", Grade.BAD, f"{address} is not https, so one-click unsubscription fails", remedy)


CHECKS: tuple[Callable[[], CheckResult], ...] = (
    database,
    migration,
    clock,
    time_zone,
    redis,
    relay,
    secret,
    base_url,
)
