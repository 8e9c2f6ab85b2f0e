"""Leaving by mail: by the token that List-Unsubscribe gives to programs, or by who wrote.

With a token the newsletter of its letter ends, whoever sent it: the token is the link's own (RFC 8058). Without one the
reader is believed where our mail server says that From is theirs, and one newsletter can be meant; else they get one
letter with a link. Nobody else is ever written to, and nobody is told whether an address is known.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues import issue as issues
from ..outbox.transactional import TransactionalLetter
from ..readers import preferences, subscriber, unsubscribe
from ..readers.subscriber import Subscription, SubscriptionState
from ..readers.unsubscribe import LeavingLink
from ..store.clock import now
from ..store.token import BadToken
from .authenticated_sender import is_authenticated, written_by
from .auto_reply import is_by_program
from .mail_text import addresses
from .returned_letter import own_text
from .returned_message import ReturnedMessage

SOURCE = "mail"
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")
_LOOKED_AT = 4000
_MOST = 10


class Leaving(enum.Enum):
    """What became of a request to leave."""

    LEFT = "left"
    HAD_LEFT = "had left"
    LINK_SENT = "link sent"
    UNPROVED = "unproved"


def reader_of(session: Session, message: ReturnedMessage, recipients: Sequence[str]) -> int | None:
    """Whom a request to leave is about, so that they can be locked before the message is; nothing is done yet."""
    for link in _links(message, recipients):
        return link.subscriber_id
    known = subscriber.find(session, address) if (address := written_by(message)) else None
    return known.id if known else None


def leave(
    session: Session, message: ReturnedMessage, recipients: Sequence[str], *, way: str
) -> tuple[Leaving, Subscription | None]:
    """Do what a request to leave may do; what became of it, and the subscription that it is about.

    Arguments:
        recipients: envelope recipients, as far as they are known.
        way: how the message came, as :class:`.returned_mail.ReturnedMail` has it.
    """
    found = _by_token(session, message, recipients)
    if found is None:
        return _by_sender(session, message, recipients, way)
    return (Leaving.LEFT if unsubscribe.unsubscribe(session, found, source=SOURCE) else Leaving.HAD_LEFT), found


def _links(message: ReturnedMessage, recipients: Sequence[str]) -> Iterator[LeavingLink]:
    """What holds of the tokens in a message."""
    said = " ".join([message.top.get("subject"), *recipients, message.top.get("to"), own_text(message)[:_LOOKED_AT]])
    for found in _TOKEN.findall(said)[:_MOST]:
        with suppress(BadToken):
            yield unsubscribe.read_link(found)


def _by_token(session: Session, message: ReturnedMessage, recipients: Sequence[str]) -> Subscription | None:
    for link in _links(message, recipients):
        newsletter_id = link.newsletter_id or issues.newsletter_id(session, link.issue_id)
        if newsletter_id is None or subscriber.lock(session, link.subscriber_id) is None:
            continue
        for subscription in unsubscribe.subscriptions(session, link.subscriber_id, newsletter_id):
            return subscription
    return None


def _by_sender(
    session: Session, message: ReturnedMessage, recipients: Sequence[str], way: str
) -> tuple[Leaving, Subscription | None]:
    address = written_by(message)
    known = subscriber.find(session, address) if address else None
    reader = subscriber.lock(session, known.id) if known else None
    if reader is None:
        return Leaving.UNPROVED, None
    running = [one for one in unsubscribe.subscriptions(session, reader.id) if one.state is SubscriptionState.ACTIVE]
    meant = _written_to(running, message, recipients) or running
    if not meant:
        return Leaving.HAD_LEFT, None
    if len(meant) == 1 and is_authenticated(message, address, way):
        unsubscribe.unsubscribe(session, meant[0], source=SOURCE)
        return Leaving.LEFT, meant[0]
    if is_by_program(message.top) or _was_written_to(session, reader.id):
        return Leaving.UNPROVED, meant[0]
    preferences.request_fresh_link(session, meant[0])
    return Leaving.LINK_SENT, meant[0]


def _written_to(
    running: Sequence[Subscription], message: ReturnedMessage, recipients: Sequence[str]
) -> list[Subscription]:
    """The subscriptions to whose newsletter a message was written."""
    fields = [value for name in ("to", "cc") for value in message.top.all(name)]
    to = {one.lower() for one in (*recipients, *(one for value in fields for one in addresses(value)))}
    return [
        one for one in running if to & {one.newsletter.sender_address.lower(), one.newsletter.reply_to.lower() or "-"}
    ]


def _was_written_to(session: Session, subscriber_id: int) -> bool:
    """Whether a letter with a link went to the reader within a day: one is enough, whoever sends requests."""
    since = TransactionalLetter.created_at > now() - timedelta(days=1)
    of_reader = TransactionalLetter.subscriber_id == subscriber_id, TransactionalLetter.kind == preferences.FRESH_LINK
    return session.scalar(select(TransactionalLetter.id).where(*of_reader, since).limit(1)) is not None
