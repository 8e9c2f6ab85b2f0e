"""What is wrong with an installation, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import settings
from models import migrations
from models.store import broker, db, last_sweep, secret_key
from models.tracking import salt

from .check_result import CheckResult, Grade
from .identity_provider import identity_provider
from .relays import relays
from .signing import signing_keys

MIN_POSTGRESQL = 15
MAX_CLOCK_SECONDS = 5.0


def examine() -> list[CheckResult]:
    """Run every check. None of them raises, and none changes anything."""
    return [*(check() for check in CHECKS), *work(), *relays(), *signing_keys(), *identity_provider()]


def database() -> CheckResult:
    """PostgreSQL answers, is young enough and takes writes."""
    try:
        with db.engine().connect() as connection:
            number = connection.scalar(text("SELECT current_setting('server_version_num')::int"))
        takes_writes = db.takes_writes()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        return CheckResult("database", Grade.BAD, reason, "Start the server, and set DATABASE_URL to where it is.")
    major = int(number or 0) // 10000
    if major < MIN_POSTGRESQL:
        return CheckResult("database", Grade.BAD, f"PostgreSQL {major}", f"Use {MIN_POSTGRESQL} or later.")
    if not takes_writes:
        remedy = "Set DATABASE_URL to the primary server, and look at default_transaction_read_only."
        return CheckResult("database", Grade.BAD, f"PostgreSQL {major} answers, and takes no writes", remedy)
    return CheckResult("database", Grade.GOOD, f"PostgreSQL {major} answers")


def migration() -> CheckResult:
    """Every migration has run."""
    try:
        current = migrations.current()
    except SQLAlchemyError:
        return CheckResult("migrations", Grade.BAD, "not known without the database", "Fix the database first.")
    wanted = migrations.head()
    if current != wanted:
        remedy = "Run: kairan migrate" if migrations.is_known(current) else migrations.REMEDY
        return CheckResult("migrations", Grade.BAD, f"at {current or 'none'} of {wanted}", remedy)
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
    """The broker answers, takes writes, and keeps what it is sent."""
    try:
        kept = _broker_setting("appendonly") == "yes"
        policy = _broker_setting("maxmemory-policy")
    except RedisError as error:
        remedy = "Start Valkey or Redis, and set REDIS_URL to where it is."
        return CheckResult("broker", Grade.BAD, str(error), remedy)
    if wrong := broker.trouble():
        remedy = "Give it more memory (maxmemory) or disk space. Hits go to the database and letters wait meanwhile."
        return CheckResult("broker", Grade.BAD, wrong, remedy)
    if not kept:
        remedy = "Start it with: --appendonly yes"
        return CheckResult("broker", Grade.DOUBTFUL, "a restart forgets hits not yet in the database", remedy)
    if policy != "noeviction":
        remedy = "Set maxmemory-policy to noeviction."
        return CheckResult("broker", Grade.DOUBTFUL, f"drops keys when memory is short ({policy})", remedy)
    return CheckResult("broker", Grade.GOOD, "answers and keeps an append-only file")


def salts() -> CheckResult:
    """The server of salts answers and keeps nothing, so that pseudonyms lead to nobody."""
    keeps = "Start a Valkey of its own for SALTS_URL with: --appendonly no --save ''"
    if not settings.get().salts_url:
        return CheckResult("salts", Grade.DOUBTFUL, "readers who are not identified are not counted", keeps)
    if wrong := salt.trouble():
        return CheckResult("salts", Grade.BAD, f"{wrong}; readers who are not identified are not counted", keeps)
    return CheckResult("salts", Grade.GOOD, "their server answers and keeps nothing on a disk")


def _broker_setting(name: str) -> str:
    values = broker.client().config_get(name)
    assert isinstance(values, dict)
    return str(values.get(name, ""))


def work() -> list[CheckResult]:
    """Worker and timetable look for work; no result where nobody knows, as before the first sweep."""
    seconds = last_sweep.age()
    if seconds is None:
        return []
    if overdue := last_sweep.overdue():
        remedy = "See whether worker and timetable (beat) run and what their logs end with; start them again."
        return [CheckResult("work", Grade.BAD, last_sweep.text(overdue), remedy)]
    return [CheckResult("work", Grade.GOOD, f"was looked for {seconds:.0f} s ago")]


def secret() -> CheckResult:
    """The key that everything is signed with cannot be guessed."""
    if wrong := secret_key.weakness():
        return CheckResult("secret key", Grade.BAD, str(wrong), str(secret_key.REMEDY))
    length = len(settings.get().secret_key.get_secret_value())
    return CheckResult("secret key", Grade.GOOD, f"{length} characters")


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
    salts,
    secret,
    base_url,
)
