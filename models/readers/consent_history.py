"""The versions of a newsletter's consent text, with how many readers agreed to each; and what one reader agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..issues import consent_version
from ..issues.newsletter import Newsletter
from .consent import Consent, ConsentKind

MOST_OF_READER = 100


class AgreedVersion(NamedTuple):
    """One version, and how often it was agreed to."""

    number: int
    text: str
    by: str
    at: datetime
    agreed: int
    """Confirmed sign-ups under these words; 0 for an empty text, as Kairan's own words changed with the sender."""


def of(session: Session, newsletter: Newsletter) -> list[AgreedVersion]:
    """Every version, the present one first."""
    agreed = _agreed(session, newsletter)
    return [
        AgreedVersion(one.number, one.text, one.by, one.at, agreed.get(_words(one.text), 0))
        for one in consent_version.history(session, newsletter)
    ]


def _agreed(session: Session, newsletter: Newsletter) -> dict[str, int]:
    """Confirmed sign-ups by the newsletter's own words: a consent keeps these and two sentences of Kairan's."""
    query = (
        select(func.min(Consent.text), func.count())
        .where(Consent.newsletter_id == newsletter.id, Consent.kind == ConsentKind.CONFIRMED)
        .group_by(Consent.text_digest)
    )
    found: dict[str, int] = {}
    for text, count in session.execute(query):
        words = "\n\n".join(text.split("\n\n")[:-2])
        found[words] = found.get(words, 0) + count
    return found


def _words(text: str) -> str:
    return "\n\n".join(part.strip() for part in text.split("\n\n") if part.strip())


def of_reader(session: Session, reader_id: int, newsletter_id: int) -> Sequence[Consent]:
    """What a reader agreed to, changed and withdrew with one newsletter, the newest first."""
    query = select(Consent).where(Consent.subscriber_id == reader_id, Consent.newsletter_id == newsletter_id)
    return session.scalars(query.order_by(Consent.id.desc()).limit(MOST_OF_READER)).all()
