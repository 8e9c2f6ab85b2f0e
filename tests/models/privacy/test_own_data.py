"""A reader's own data, over all wings: the copy is whole, and after the erasure nothing tells who it was."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.deliveries.delivery import Attempt, Delivery, DeliveryState
from models.deliveries.edition import Link
from models.deliveries.letters.letter_report import LetterReport
from models.issues.newsletter import Newsletter
from models.privacy import own_data
from models.readers.subscriber import Subscriber
from models.readers.suppression import Suppression
from models.store.base import Base
from models.store.clock import now
from models.tracking.hit import Hit
from models.tracking.rules import HitKind, Verdict
from tests.sample import make_newsletter, make_reader, make_sent

ADDRESS = "hanako@example.jp"


def click(issue_id: int, reader: int, client: str) -> Hit:
    return Hit(
        at=now(),
        id=uuid4(),
        issue_id=issue_id,
        reader=reader,
        kind=HitKind.CLICK,
        method="GET",
        link=1,
        client=client,
        agent="Agent-of-Hanako",
        headers='{"accept-language": "ja"}',
        verdict=Verdict.HUMAN,
        certainty=90,
        rules=[],
    )


def make_history(session: Session) -> tuple[Subscriber, Subscriber]:
    """A reader with a letter, a bounce and a click, and somebody else with a click."""
    newsletter: Newsletter = make_newsletter(session)
    reader = make_reader(session, newsletter, ADDRESS, name="花子").subscriber
    other = make_reader(session, newsletter, "other@example.jp").subscriber
    issue = make_sent(session, newsletter, "号")
    said = f"550 5.1.1 <{ADDRESS}>: user unknown"
    for one in (reader, other):
        session.add(
            Delivery(
                issue_id=issue.id,
                subscriber_id=one.id,
                edition=1,
                lane_id=1,
                state=DeliveryState.BOUNCED,
                answer=said if one is reader else "250 ok",
                at=now(),
            )
        )
    session.add(Link(issue_id=issue.id, number=1, url="https://a.example/", kind="article"))
    session.add(Attempt(issue_id=issue.id, subscriber_id=reader.id, number=1, kind="bounced", answer=said))
    session.add_all([click(issue.id, reader.id, "192.0.2.7"), click(issue.id, other.id, "192.0.2.8")])
    session.flush()
    return reader, other


def test_copy_holds_letters_and_clicks(session: Session) -> None:
    reader, _ = make_history(session)
    copy = own_data.collect(session, reader)
    (delivery,) = copy["deliveries"]
    assert (delivery["issue"], delivery["state"]) == (1, "bounced")
    (hit,) = copy["opens_and_clicks"]
    assert (hit["url"], hit["client"], hit["kind"]) == ("https://a.example/", "192.0.2.7", "click")


def test_erasure_reaches_every_table_and_nobody_else(session: Session) -> None:
    reader, other = make_history(session)
    own_data.erase(session, reader)
    own_data.erase(session, reader)
    session.expire_all()
    kept = "\n".join(
        repr(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
    )
    assert [word for word in (ADDRESS, "花子", "192.0.2.7") if word in kept] == []
    assert kept.count("Agent-of-Hanako") == 1, "the other reader's"
    assert "192.0.2.8" in kept
    assert other.address == "other@example.jp"
    assert len(session.scalars(select(Delivery)).all()) == 2, "counts stay true"
    assert len(session.scalars(select(Hit)).all()) == 2


SPELLINGS = (
    "550 5.1.1 <HANAKO@Example.JP>: Recipient address rejected",
    "550 5.1.1 Hanako: no such user here",
    "552 5.2.2 <hanako.home@elsewhere.example>: mailbox full, forwarded by hanako＠example.jp",
    '550 5.1.1 <"hanako"@example.jp> (rfc822;hanako%40example.jp)',
)


@pytest.mark.parametrize("address", [ADDRESS, "Hanako@example.jp"])
def test_erasure_finds_the_address_however_it_is_written(session: Session, address: str) -> None:
    newsletter = make_newsletter(session)
    reader = make_reader(session, newsletter, address).subscriber
    other = make_reader(session, newsletter, "other@example.jp").subscriber
    for said in SPELLINGS:
        issue = make_sent(session, newsletter, "号")
        of_reader = {"issue_id": issue.id, "subscriber_id": reader.id}
        letter = {"edition": 1, "lane_id": 1, "state": DeliveryState.BOUNCED, "answer": said}
        session.add(Delivery(**of_reader, **letter))
        session.add(Delivery(issue_id=issue.id, subscriber_id=other.id, **letter))
        session.add(Attempt(**of_reader, number=1, kind="bounced", answer=said))
        session.add(LetterReport(**of_reader, kind="mailbox_unknown", lane_id=1, source="mail/1", first_answer=said))
    of_staff = f"staff: wrote from {address.upper()}"
    session.add(Suppression(address_hash=reader.address_hash, reason="complained", note=of_staff))
    session.flush()
    own_data.erase(session, reader)
    session.expire_all()
    words = [
        *session.scalars(select(Delivery.answer).where(Delivery.subscriber_id == reader.id)),
        *session.scalars(select(Attempt.answer).where(Attempt.subscriber_id == reader.id)),
        *session.scalars(select(LetterReport.first_answer)),
        *session.scalars(select(Suppression.note)),
    ]
    assert [said for said in words if "hanako" in str(said).lower() or "elsewhere" in str(said)] == []
    assert {said for said in words if "5.1.1" in str(said)} == {
        "550 5.1.1 <…>: Recipient address rejected", "550 5.1.1 …: no such user here", "550 5.1.1 <…> (rfc822;…)",
    }  # fmt: skip
    kept = session.scalars(select(Delivery.answer).where(Delivery.subscriber_id == other.id)).all()
    assert sorted(map(str, kept)) == sorted(SPELLINGS), "the other reader's"
