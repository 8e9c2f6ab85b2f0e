"""How many letters forms may cause: to one mailbox under all its names, to one domain, and in total.

Anybody can enter any address, to sign up or as a reader's new one, so the forms must not become a way to bury a
mailbox, or a mail server, in our letters.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

import settings

from ..outbox.transactional import TransactionalLetter
from ..store.clock import now
from ..store.errors import KairanError
from ..store.mail_address import mailbox

CONFIRMATION = "confirmation"
ALREADY_SUBSCRIBED = "already_subscribed"
ADDRESS_CHANGE = "address_change"
LETTERS_PER_HOUR = 3
LETTERS_PER_DAY = 6
"""So many letters a mailbox gets at most from a newsletter's forms."""
LARGE_PROVIDERS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "yahoo.co.jp",
        "icloud.com",
        "outlook.jp",
        "outlook.com",
        "hotmail.com",
    }
)
"""Domains of very many people, whose servers no sign-ups of ours can bury: they count for the total alone."""


class SignUpsBusy(KairanError):
    """More sign-ups come in than letters may go out; trying again in an hour helps."""


def check_busy(session: Session, domain: str) -> None:
    """Take no more than so many letters an hour, to one domain and in total. Says nothing about any one address.

    Raises:
        SignUpsBusy: there were as many.
    """
    ours = settings.get()
    to_domain = func.count().filter(func.split_part(TransactionalLetter.address, "@", -1) == domain)
    total, same = session.execute(select(func.count(), to_domain).where(*_since(timedelta(hours=1)))).one()
    if total >= ours.signup_letters or (domain not in LARGE_PROVIDERS and same >= ours.signup_letters_domain):
        raise SignUpsBusy("many sign-ups come in at the moment")


def is_reached(session: Session, address_key: str, newsletter_id: int) -> bool:
    """Whether somebody could be pestering the mailbox with our letters."""
    wanted = mailbox(address_key)
    # Forms that come at once wait for each other here, until the letter of the one before is committed.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sign-up {wanted}", 0))))
    sent = session.execute(
        select(TransactionalLetter.address, TransactionalLetter.created_at).where(
            *_since(timedelta(days=1)),
            TransactionalLetter.newsletter_id == newsletter_id,
            _may_be(address_key),
        )
    )
    times = [at for address, at in sent if mailbox(address.casefold()) == wanted]
    lately = [at for at in times if at > now() - timedelta(hours=1)]
    return len(lately) >= LETTERS_PER_HOUR or len(times) >= LETTERS_PER_DAY


def _since(time: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        TransactionalLetter.kind.in_((CONFIRMATION, ALREADY_SUBSCRIBED, ADDRESS_CHANGE)),
        TransactionalLetter.created_at > now() - time,
    )


def _may_be(address_key: str) -> ColumnElement[bool]:
    """SQL: every address that may be the same mailbox; :func:`mailbox` decides.

    One that begins beyond ASCII always may: case folding knows more letters than ``lower`` (ß and ss are the same).
    """
    first = mailbox(address_key)[0]
    pattern = ("!" + first if first in "!%_" else first) + "%"
    address = TransactionalLetter.address
    return or_(func.lower(address).like(pattern, escape="!"), address.regexp_match("^[^[:ascii:]]"))
