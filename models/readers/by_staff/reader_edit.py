"""What staff change of one reader for them: profile, topics, audience; and a wish for a new address.

A form carries the values that it was filled in from. Where somebody else has changed one of them meanwhile, nothing
is saved, and the page says what it is now.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...issues.newsletter import Newsletter
from ...staff import audit
from ...staff.member import Member
from ...store.errors import Invalid, NotFound
from ...store.mail_address import MailAddress
from .. import address_change, consent, subscriber
from ..consent import ConsentKind
from ..profile import Profile, custom_fields
from ..subscriber import Subscriber, Subscription

ALL_TOPICS = ""
"""What a form says of somebody who wants every topic."""


class ChangedValue(NamedTuple):
    """A value that somebody else has changed."""

    name: str
    """Of the field of the form."""
    before: Any
    """None: nobody knows what the form was filled in from."""
    now: Any


def get(session: Session, newsletter: Newsletter, reader_id: int, *, lock: bool = False) -> Subscription:
    """A reader's subscription to a newsletter, whatever its state.

    Arguments:
        lock: whether it will be changed; then the reader is locked, and everything is read afresh.

    Raises:
        NotFound: the reader never had one, or the reader's data were erased.
    """
    reader = subscriber.lock(session, reader_id) if lock else session.get(Subscriber, reader_id)
    here = (Subscription.subscriber_id == reader_id) & (Subscription.newsletter_id == newsletter.id)
    query = select(Subscription).where(here).execution_options(populate_existing=lock)
    found = session.scalar(query)
    if reader is None or reader.address is None or found is None:
        raise NotFound("there is no such reader, or the reader's data were erased")
    return found


def values(subscription: Subscription) -> dict[str, Any]:
    """What a form of a reader is filled in with, as JSON can hold it."""
    reader, newsletter = subscription.subscriber, subscription.newsletter
    topics = {one.id: one.slug for one in newsletter.topics}
    return {
        "name": reader.name,
        "kana": reader.kana,
        "organisation": reader.organisation,
        "language": reader.language,
        "audience": subscription.audience.slug if subscription.audience else "",
        "topics": [topics[one] for one in subscription.topic_ids if one in topics],
        "tracking_refused": reader.tracking_refused,
        **{f"field-{one.name}": str(reader.fields.get(one.name, "")) for one in custom_fields(newsletter)},
    }


def changed_meanwhile(
    subscription: Subscription, before: dict[str, Any] | None, typed: dict[str, Any]
) -> list[ChangedValue]:
    """What differs from the values that a form was filled in from; where nobody knows those, from what was typed.

    Arguments:
        before, typed: as :func:`values` names them.
    """
    now = values(subscription)
    if before is None:
        return [ChangedValue(name, None, now[name]) for name in now if typed[name] != now[name]]
    # The form lacks questions that the newsletter asks since, and what was answered to them.
    return [ChangedValue(name, before.get(name), now[name]) for name in now if before.get(name, "") != now[name]]


def edit(session: Session, subscription: Subscription, profile: Profile, by: Member) -> list[str]:
    """Take over what somebody has entered for a reader. Returns the names of the fields that have changed.

    Whoever refused to be recorded stays so: only the reader may allow it again.

    Arguments:
        subscription: from :func:`get`, locked.
        profile: every answer anew; an empty one empties what was there.
    """
    before, refused = values(subscription), subscription.subscriber.tracking_refused
    profile = profile.model_copy(update={"tracking_refused": profile.tracking_refused or refused})
    profile.apply(subscription, keep_existing=False)
    session.flush()
    session.refresh(subscription, ["audience"])
    after = values(subscription)
    changed = [name for name in after if after[name] != before[name]]
    if profile.tracking_refused and not refused:
        consent.record(session, subscription, ConsentKind.CHANGED, text=consent.TRACKING_REFUSED, source="staff")
    if changed:
        audit.record(session, by, "edit reader", f"subscriber/{subscription.subscriber_id}",
                     newsletter=subscription.newsletter_id, columns=changed)  # fmt: skip
    return changed


def request_address(session: Session, subscription: Subscription, address: MailAddress, by: Member) -> None:
    """Ask the owner of a new address to confirm it, for a reader who cannot do so from a letter (decision 77).

    Nothing changes before that, and the owner of the old one can undo it, as when the reader asks.

    Raises:
        Invalid: it is the present one, or another reader's of this newsletter.
        AddressHeld: the address was changed lately.
        SignUpsBusy: more is asked for than letters may go out.
    """
    reader = subscription.subscriber
    if address.key == reader.address_key:
        raise Invalid("this is the reader's address already", field="new_address")
    other = subscriber.find(session, address.key)
    if other is not None and any(one.newsletter_id == subscription.newsletter_id for one in other.subscriptions):
        raise Invalid("another reader of this newsletter has this address", field="new_address")
    address_change.request(session, reader, address)
    audit.record(session, by, "ask for new address", f"subscriber/{reader.id}",
                 newsletter=subscription.newsletter_id)  # fmt: skip
