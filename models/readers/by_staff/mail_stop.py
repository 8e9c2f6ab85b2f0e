"""Stopping mail to one reader of a newsletter, and letting it go on, each with a note; and what was done before."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...staff import audit
from ...staff.audit import AuditEntry
from ...staff.member import Member
from ...store.errors import Invalid, WrongState
from ...store.phrase import phrase
from .. import consent, suppression, unsubscribe
from ..consent import Consent, ConsentKind
from ..profile import tidy
from ..subscriber import BOUNCED, Subscription, SubscriptionState
from ..suppression import LIFTED_BY_STAFF, Suppression, SuppressionReason

LONGEST_NOTE = 180
MOST_EVENTS = 50


class StopReason(enum.Enum):
    """Why somebody of the staff stops mail to a reader."""

    LEFT = "left"
    """The reader has asked to leave, by telephone, letter or in person: the subscription ends."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    STAFF = "staff"


class StopEvent(NamedTuple):
    """Something that was done about mail to a reader, as the audit log tells it."""

    at: datetime
    action: str
    by: str
    reason: str
    note: str
    """Of the suppression that was lifted."""
    why: str
    """Why it was lifted."""
    since: str
    """Since when it had been there, in ISO 8601."""


def checked_note(typed: str) -> str:
    """A note as it is kept.

    Raises:
        Invalid: there is none, or it is too long.
    """
    note = tidy(typed)
    if not note:
        raise Invalid("write a note: whoever looks at this later must be able to understand it", field="stop_note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(phrase("write it in at most {most} characters", most=LONGEST_NOTE), field="stop_note")
    return note


def present(session: Session, subscription: Subscription) -> Sequence[Suppression]:
    """What keeps a reader from being mailed by this newsletter; the newest first."""
    key = subscription.subscriber.address_key
    found = suppression.find(session, key, subscription.newsletter_id) if key else ()
    return sorted(found, key=lambda one: one.at, reverse=True)


def stop(session: Session, subscription: Subscription, reason: StopReason, note: str, by: Member) -> None:
    """Mail a reader no more for this newsletter.

    Arguments:
        subscription: its reader is locked.
        note: from :func:`checked_note`.

    Raises:
        WrongState: that is so already.
    """
    reader = subscription.subscriber
    assert reader.address_key is not None
    if reason is StopReason.LEFT:
        if not unsubscribe.unsubscribe(session, subscription, source=f"staff: {note}"):
            raise WrongState(phrase("the subscription"), phrase("ended"), phrase("be ended"))
        unsubscribe.post_goodbye(session, subscription)
    elif any(map(suppression.is_lifted_by_staff, present(session, subscription))):
        raise WrongState(phrase("the address"), phrase("suppressed"), phrase("be suppressed"))
    else:
        kept = SuppressionReason(reason.value)
        suppression.suppress(session, reader.address_key, kept, newsletter_id=subscription.newsletter_id, note=note)
    audit.record(session, by, "suppress", f"subscriber/{reader.id}", newsletter=subscription.newsletter_id,
                 reason=reason.value)  # fmt: skip


def lift(session: Session, subscription: Subscription, note: str, by: Member) -> None:
    """Let this newsletter mail a reader again whom staff, a complaint, returned mail or a list has stopped.

    A subscription that returned mail or a list has ended goes on. Whoever asked to leave is not brought back by this:
    only the reader's own consent does that. :func:`is_mailed` tells whether letters go afterwards.

    Arguments:
        subscription: its reader is locked.
        note: from :func:`checked_note`.

    Raises:
        WrongState: nothing is there that staff may lift.
    """
    lifted = suppression.lift(session, subscription.subscriber, subscription.newsletter_id, actor=by, why=note,
                              reasons=LIFTED_BY_STAFF, of_lists=True)  # fmt: skip
    if not lifted:
        raise WrongState(phrase("the address"), phrase("not suppressed"), phrase("be mailed again"))
    if subscription.state is not SubscriptionState.ENDED or present(session, subscription):
        return
    if _was_ended_by_list(session, subscription):
        subscription.resume(by_list=True)
        consent.record(session, subscription, ConsentKind.CHANGED, text=consent.GIVEN_BACK, source=f"staff: {note}")
    elif subscription.ended_reason == BOUNCED:
        subscription.resume()


def is_mailed(session: Session, subscription: Subscription) -> bool:
    """Whether letters of the newsletter go to a reader."""
    return subscription.state is SubscriptionState.ACTIVE and not present(session, subscription)


def _was_ended_by_list(session: Session, subscription: Subscription) -> bool:
    """Whether the last of those who said that a reader left was a list."""
    last = select(Consent.source).where(
        Consent.subscriber_id == subscription.subscriber_id,
        Consent.newsletter_id == subscription.newsletter_id,
        Consent.kind == ConsentKind.WITHDRAWN,
        Consent.at >= subscription.ended_at,
    )
    source = session.scalar(last.order_by(Consent.id.desc()).limit(1))
    return source is not None and source.startswith(consent.OF_LIST)


def history(session: Session, subscription: Subscription) -> list[StopEvent]:
    """What the audit log says of mail to a reader being stopped and going on, the newest first.

    Entries about other newsletters are left out; they go when the log is cut.
    """
    here = AuditEntry.detail["newsletter"].astext
    found = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject == f"subscriber/{subscription.subscriber_id}",
            AuditEntry.action.in_(("suppress", "lift suppression")),
            or_(here.in_([str(subscription.newsletter_id), subscription.newsletter.slug, ""]), here.is_(None)),
        )
        .order_by(AuditEntry.number.desc())
        .limit(MOST_EVENTS)
    )
    return [
        StopEvent(one.at, one.action, _actor(session, one),
                  *(str(one.detail.get(name) or "") for name in ("reason", "note", "why", "since")))
        for one in found
    ]  # fmt: skip


def issue_of_note(session: Session, stopped: Suppression, newsletter_id: int) -> Issue | None:
    """The issue of this newsletter whose returned letter has stopped mail to an address."""
    kind, _slash, number = stopped.note.partition("/")
    if kind != "issue" or not number.isdecimal() or len(number) > 9:
        return None
    found = session.get(Issue, int(number))
    return found if found is not None and found.newsletter_id == newsletter_id else None


def _actor(session: Session, entry: AuditEntry) -> str:
    member = session.get(Member, entry.member_id) if entry.member_id else None
    return member.name if member else entry.actor
