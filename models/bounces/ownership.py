"""Whose letter a message is about: proved by what only its receiver can know, never by an address that it names.

RFC 3464, 4.1 warns of forged reports. Three things prove a letter, each with a MAC: its return path, where the message
was sent to; its Message-ID, quoted or answered; and its unsubscribe link, for services that write a Message-ID of
their own. All end with the same time, after which whoever has an old letter can say nothing of its reader any more.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from ..deliveries.letters import return_path
from ..issues.issue import Issue
from ..store import token
from ..store.clock import now
from ..store.token import BadToken, Claim, Purpose
from .mail_text import addresses
from .returned_letter import letter_fields, own_text
from .returned_message import ReturnedMessage

_WENT_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
"""Fields in which a mailbox keeps what the envelope said."""
_MESSAGE_ID = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{32})@")
_LINK = re.compile(r"/u/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])")
_MOST = 20


class Proof(enum.Enum):
    """By what a letter is known."""

    RETURN_PATH = "return path"
    MESSAGE_ID = "message id"
    UNSUBSCRIBE_LINK = "unsubscribe link"


class LetterOwner(NamedTuple):
    """Whose copy of which issue a message is about."""

    issue: Issue
    subscriber_id: int
    proof: Proof | None
    """None where its time is over: it tells the newsletter and counts for nothing."""


def find(session: Session, message: ReturnedMessage, recipients: Sequence[str]) -> LetterOwner | None:
    """Whose letter *message* is about; None where nothing in it has a MAC of ours.

    Arguments:
        recipients: envelope recipients, as far as they are known.
    """
    return _first(session, _claims(message, recipients))


def of_values(session: Session, message_ids: Sequence[str], return_paths: Sequence[str]) -> LetterOwner | None:
    """The same by what a sending service told of its letter: Message-IDs, and return paths."""
    by_path = [(claim, Proof.RETURN_PATH) for one in return_paths[:_MOST] if (claim := return_path.read(one))]
    return _first(session, [*by_path, *_read(Purpose.MESSAGE, _MESSAGE_ID, message_ids, Proof.MESSAGE_ID)])


def _first(session: Session, claims: Iterable[tuple[Claim, Proof]]) -> LetterOwner | None:
    stale = None
    for claim, proof in claims:
        issue = session.get(Issue, claim.issue)
        if issue is None:
            continue
        if issue.sent_at is None or now() < issue.sent_at + return_path.lifetime():
            return LetterOwner(issue, claim.subscriber, proof)
        stale = stale or LetterOwner(issue, claim.subscriber, None)
    return stale


def _claims(message: ReturnedMessage, recipients: Sequence[str]) -> Iterator[tuple[Claim, Proof]]:
    """What holds of the tokens in a message, the surest first."""
    went_to = [*recipients, *(one for name in _WENT_TO for value in message.top.all(name) for one in addresses(value))]
    went_to += [one for value in letter_fields(message, "return-path") for one in addresses(value)]
    for address in went_to[:_MOST]:
        if claim := return_path.read(address):
            yield claim, Proof.RETURN_PATH
    quoted = letter_fields(message, "message-id")
    quoted += [value for name in ("in-reply-to", "references") for value in message.top.all(name)]
    yield from _read(Purpose.MESSAGE, _MESSAGE_ID, quoted, Proof.MESSAGE_ID)
    yield from _read(Purpose.UNSUBSCRIBE, _LINK, letter_fields(message, "list-unsubscribe"), Proof.UNSUBSCRIBE_LINK)
    # Notices for people name it in words, in quoted or folded lines; the MAC proves it wherever it stands.
    yield from _read(Purpose.MESSAGE, _MESSAGE_ID, [own_text(message)], Proof.MESSAGE_ID)


def _read(
    purpose: Purpose, pattern: re.Pattern[str], values: Sequence[str], proof: Proof
) -> Iterator[tuple[Claim, Proof]]:
    for found in pattern.findall(" ".join(values)[:20_000])[:_MOST]:
        try:
            yield token.read(purpose, found), proof
        except BadToken:
            continue
