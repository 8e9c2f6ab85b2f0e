"""What was answered for some letters, as examples for everybody who may see how far an issue has come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...readers.subscriber import Subscriber
from ...store.mail_address import hidden_within
from ..delivery import Delivery


def of_readers(session: Session, issue_id: int, readers: Collection[int]) -> dict[int, str]:
    """The last answers for the letters of *readers*, by reader; nothing in them says whose mailbox it is.

    Arguments:
        readers: few of them, by their numbers.
    """
    query = (
        select(Delivery.subscriber_id, Delivery.answer, Subscriber.address)
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, Delivery.subscriber_id.in_(readers))
    )
    found = session.execute(query) if readers else ()
    return {reader: hidden_within(answer or "", of=[address or ""]) for reader, answer, address in found}
