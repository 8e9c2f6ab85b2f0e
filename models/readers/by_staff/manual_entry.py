"""Adding one reader by hand, with what shows that the reader has agreed."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...issues.newsletter import Newsletter
from ...staff import audit
from ...staff.member import Member
from ...store.clock import today, tokyo_date
from ...store.errors import Invalid
from ...store.mail_address import MailAddress
from ...store.phrase import phrase
from .. import address_change, consent, signup, suppression
from ..consent import ConsentKind
from ..profile import Profile, tidy
from ..subscriber import Subscriber, Subscription, SubscriptionState
from ..suppression import LIFTED_BY_READER, SuppressionReason

LONGEST_NOTE = 150
EARLIEST = date(2000, 1, 1)


class ConsentWay(enum.Enum):
    """How a reader agreed whom somebody of the staff adds."""

    PAPER = "paper"
    TELEPHONE = "telephone"
    MEETING = "meeting"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class ConsentEvidence:
    """What shows that a reader agreed."""

    way: ConsentWay
    day: date
    note: str
    """Where the form lies, or who took the call; without it nobody could find the evidence again."""

    @property
    def source(self) -> str:
        """As a consent record keeps it: ``paper 2026-11-30: note``."""
        return f"{self.way.value} {self.day.isoformat()}: {self.note}"


class KnownReader(Invalid):
    """The address is a reader's of this newsletter."""

    def __init__(self, reader_id: int) -> None:
        self.reader_id = reader_id
        super().__init__(phrase("this address subscribes to this newsletter already"), field="address")


class Suppressed(Invalid):
    """The address is never mailed, for a reason that staff may lift."""

    def __init__(self, reason: SuppressionReason) -> None:
        self.reason = reason
        said = phrase("this address is suppressed: look at the reason, and say that it may be mailed again")
        super().__init__(said, field="lift")


def evidence(way: str, day: str, note: str) -> ConsentEvidence:
    """Check what somebody typed about how a reader agreed.

    Raises:
        Invalid: something is missing, or the day is no day on which somebody can have agreed.
    """
    chosen = next((one for one in ConsentWay if one.value == way), None)
    if chosen is None:
        raise Invalid("choose how the reader agreed", field="way")
    try:
        agreed = date.fromisoformat(day)
    except ValueError:
        raise Invalid("write the day on which the reader agreed, such as 2026-12-01", field="day") from None
    if not EARLIEST <= agreed <= today():
        raise Invalid("the day on which the reader agreed cannot be in the future, nor before 2000", field="day")
    said = tidy(note)
    if not said:
        raise Invalid("write where the evidence is kept, or who took the call", field="evidence")
    if len(said) > LONGEST_NOTE:
        raise Invalid(phrase("write it in at most {most} characters", most=LONGEST_NOTE), field="evidence")
    return ConsentEvidence(chosen, agreed, said)


def add(
    session: Session,
    newsletter: Newsletter,
    address: MailAddress,
    profile: Profile,
    shown: ConsentEvidence,
    by: Member,
    *,
    lift: bool = False,
) -> Subscription:
    """Let somebody subscribe who has agreed elsewhere, and write them a welcome: it shows whether the address is right.

    What is known of the reader already stays where an answer is empty.

    Arguments:
        lift: whether an address that is suppressed may be mailed again, for the same evidence.

    Raises:
        KnownReader: the reader is there.
        Suppressed: the address is never mailed, and not *lift*.
        Invalid: the reader left after the day of the evidence.
    """
    reader = signup.find_or_add_subscriber(session, address)
    subscription = _existing(session, reader, newsletter)
    if subscription is not None and subscription.state is SubscriptionState.ACTIVE:
        raise KnownReader(reader.id)
    _check_not_left(session, subscription, reader, newsletter, shown.day)
    held_back = [one for one in suppression.find(session, address.key, newsletter.id)
                 if one.reason not in LIFTED_BY_READER]  # fmt: skip
    if held_back and not lift:
        raise Suppressed(held_back[0].reason)
    subscription = subscription or signup.find_or_add_subscription(session, newsletter, reader)
    if subscription.state is SubscriptionState.ENDED:
        subscription.reopen()
    if address_change.held_until(session, reader):
        profile = profile.without_details(subscription)
    profile.apply(subscription, keep_existing=True)
    subscription.activate()
    reasons = frozenset(SuppressionReason) if lift else LIFTED_BY_READER
    suppression.lift(session, reader, newsletter.id, actor=by, why=shown.source, reasons=reasons)
    consent.record(session, subscription, ConsentKind.IMPORTED, source=shown.source)
    audit.record(session, by, "add reader", f"subscriber/{reader.id}", newsletter=newsletter.id,
                 kind=shown.way.value, at=shown.day.isoformat())  # fmt: skip
    signup.post_welcome(session, subscription)
    return subscription


def _existing(session: Session, reader: Subscriber, newsletter: Newsletter) -> Subscription | None:
    here = (Subscription.subscriber_id == reader.id) & (Subscription.newsletter_id == newsletter.id)
    return session.scalar(select(Subscription).where(here))


def _check_not_left(
    session: Session, subscription: Subscription | None, reader: Subscriber, newsletter: Newsletter, day: date
) -> None:
    """Refuse evidence that is older than the reader's wish to leave."""
    left = [subscription.ended_at] if subscription is not None and subscription.ended_reason == "unsubscribed" else []
    assert reader.address_key is not None
    left += [one.at for one in suppression.find(session, reader.address_key, newsletter.id)
             if one.reason in LIFTED_BY_READER]  # fmt: skip
    last = max((tokyo_date(at) for at in left if at), default=None)
    if last is not None and day < last:
        raise Invalid(
            phrase("the reader left on {day}: it must have been agreed to on that day or later", day=last.isoformat()),
            field="day",
        )
