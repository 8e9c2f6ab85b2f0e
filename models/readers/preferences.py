"""What a reader may change on the page that every letter links to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..store import token
from ..store.token import BadToken, Purpose
from . import consent
from .consent import ConsentKind
from .details import Details
from .subscriber import Subscriber, Subscription


def reader_of(session: Session, link: str, *, lock: bool = False) -> tuple[Subscriber, int]:
    """The reader whom a preferences link is about, and the issue whose letter it stood in (0: none).

    Raises:
        BadToken: the link was never good, or the reader's data were erased.
    """
    claim = token.read(Purpose.PREFERENCES, link)
    reader = session.get(Subscriber, claim.subscriber, with_for_update=lock or None)
    if reader is None or reader.address is None:
        raise BadToken("the link is about nobody that we know")
    return reader, claim.issue


def change(
    session: Session, subscription: Subscription, details: Details, *, client: str = "", user_agent: str = ""
) -> None:
    """Take over what the reader entered. A change of what is kept about reading is written down as evidence.

    Arguments:
        details: every answer anew; an empty one empties what was there.
        client, user_agent: the address and agent of the request.
    """
    refused = subscription.subscriber.tracking_refused
    details.apply(subscription, keep=False)
    if details.tracking_refused != refused:
        consent.record(
            session,
            subscription,
            ConsentKind.CHANGED,
            text="individual tracking refused" if details.tracking_refused else "individual tracking allowed",
            source="preferences",
            client=client,
            user_agent=user_agent,
        )
