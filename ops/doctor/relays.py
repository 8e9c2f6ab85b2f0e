"""Every relay that is used: whether it answers, encrypts and lets us in, and who gets real letters through it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.deliveries.edition import Edition
from models.deliveries.relays import relay as relay_rows
from models.deliveries.relays import relay_address, relay_limit
from models.deliveries.relays.relay import Relay
from models.deliveries.relays.relay_address import Security
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import db
from models.store.clock import now
from models.store.errors import Invalid
from worker.sending import ask_relays
from worker.smtp.handshake import RelayUnreachable

from .check_result import CheckResult, Grade

_MEANWHILE = "Letters wait meanwhile; none is lost."


class _UsedRelay(NamedTuple):
    part: str
    url: str
    remedy: str


def relays(seconds: float = ask_relays.TOTAL_SECONDS) -> list[CheckResult]:
    """One result for each relay in use, and one that says who gets real letters through them.

    Arguments:
        seconds: what asking one relay may take.
    """
    try:
        used, readers = _used()
    except SQLAlchemyError:
        used, readers = [_from_setting()], None
    results = [_ask(relay, seconds) for relay in used]
    return [*results, _who_gets_letters(used, readers)]


def _from_setting() -> _UsedRelay:
    return _UsedRelay("relay", settings.get().smtp_url, "Check SMTP_URL")


def _from_row(row: Relay) -> _UsedRelay:
    return _UsedRelay(f"relay {row.name}", row.url, f"Check its address, or: kairan relay remove {row.name}")


def _used() -> tuple[list[_UsedRelay], int]:
    with db.session_scope() as session:
        rows = [_from_row(row) for row in relay_rows.list_active(session)]
        active = Subscription.state == SubscriptionState.ACTIVE
        readers = session.scalar(select(func.count(Subscription.subscriber_id.distinct())).where(active))
    return rows or [_from_setting()], readers or 0


def _ask(used: _UsedRelay, seconds: float) -> CheckResult:
    """Say hello, encrypt and log in as sending does."""
    try:
        relay = relay_address.of_url(used.url)
    except Invalid as error:
        return CheckResult(used.part, Grade.BAD, str(error), f"{used.remedy}. {_MEANWHILE}")
    try:
        size = asyncio.run(ask_relays.ask_limit(relay, seconds))
    except RelayUnreachable as error:
        remedy = f"{used.remedy}, and that this machine may reach it. {_MEANWHILE}"
        return CheckResult(used.part, Grade.BAD, f"{relay.name}: {error.text}", remedy)
    relay_limit.remember(used.url, size)
    if size and (largest := _largest_letter()) > size:
        text = f"{relay.name} takes letters up to {size:,} bytes; the largest of the last 90 days has {largest:,}"
        return CheckResult(used.part, Grade.DOUBTFUL, text, "Raise the relay's limit, or keep letters smaller.")
    if relay.security is Security.PLAIN and not relay.is_local:
        remedy = "Use smtp+starttls:// or smtps:// if the relay can."
        return CheckResult(used.part, Grade.DOUBTFUL, f"{relay.name} answers, without encryption", remedy)
    return CheckResult(used.part, Grade.GOOD, f"{relay.name} answers")


def _largest_letter() -> int:
    """Bytes of the largest letter that was lately frozen; 0 where there is none, or no database."""
    try:
        with db.session_scope() as session:
            lately = Edition.created_at > now() - timedelta(days=90)
            return session.scalar(select(func.max(Edition.size)).where(lately)) or 0
    except SQLAlchemyError:
        return 0


def _who_gets_letters(used: list[_UsedRelay], readers: int | None) -> CheckResult:
    catches = settings.get().kairan_mailbox is not None
    real = [name for name in _names(used) if not (catches and name == _catcher())]
    if not real:
        return CheckResult("real mail", Grade.GOOD, "letters are caught and shown at /dev/mailbox; none is mailed")
    count = "all active readers" if readers is None else f"{readers} active readers"
    text = f"{count} get real letters, through {', '.join(real)}"
    if catches:
        remedy = "KAIRAN_MAILBOX is set, yet these relays are used instead of the catcher: kairan relay list"
        return CheckResult("real mail", Grade.DOUBTFUL, text, remedy)
    return CheckResult("real mail", Grade.GOOD, text)


def _names(used: list[_UsedRelay]) -> Iterator[str]:
    for one in used:
        try:
            yield relay_address.of_url(one.url).name
        except Invalid:
            yield one.part


def _catcher() -> str:
    try:
        return relay_address.of_url(settings.get().smtp_url).name
    except Invalid:
        return ""
