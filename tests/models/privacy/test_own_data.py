"""A reader's own data, over all wings: the copy is whole, and after the erasure nothing tells who it was."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bounces import returned_mail
from models.bounces.events.provider_event import ProviderEvent
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import Attempt, Delivery, DeliveryState
from models.deliveries.edition import Link
from models.deliveries.letters.letter_report import LetterReport
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.privacy import own_data
from models.readers import suppression
from models.readers.address_change import AddressChange
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber
from models.readers.suppression import Suppression, SuppressionReason
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


TOLD = {
    "subscriber": "subscriber",
    "subscription": "subscriptions",
    "consent": "consents",
    "notice": "single_letters",
    "suppression": "suppressions",
    "address_change": "address_changes",
    "attempt": "attempts",
    "delivery": "deliveries",
    "letter_report": "reports_on_letters",
    "returned_mail": "returned_mail",
    "provider_event": "provider_events",
    "hit": "opens_and_clicks",
}
NOT_TOLD = {
    "reading": "days of the same clicks",
    "shared_copy": "which clicks are doubted",
    "import_stop": "whom an import has stopped, which the suppressions tell",
    "import_change": "what an import has changed in what is told already, for as long as it can be undone",
}


def test_copy_is_of_every_table_that_knows_readers(session: Session) -> None:
    reader, _ = make_history(session)
    issue = session.scalars(select(Issue)).one()
    mail = returned_mail.take_in(session, b"From: x@mx.example\r\n\r\nx", way="import", sender="x@mx.example")
    assert mail
    received = session.scalars(select(ReturnedMail)).one()
    received.subscriber_id, received.said = reader.id, f"{ADDRESS} other@example.jp"
    values = {"newsletter_id": issue.newsletter_id, "subscriber_id": reader.id, "received_at": now(), "at": now()}
    session.add(ProviderEvent(provider="ses", key="1", kind="policy", address="", message_ids=[], return_paths=[],
                              status="", said="", **values))  # fmt: skip
    session.add(LetterReport(issue_id=issue.id, subscriber_id=reader.id, kind="policy", lane_id=1, source="x",
                             reason="x", at=now()))  # fmt: skip
    session.add(AddressChange(subscriber_id=reader.id, address="new@example.jp"))
    session.add(TransactionalLetter(kind="confirm", address=ADDRESS, values={}, newsletter_id=issue.newsletter_id,
                                    subscriber_id=reader.id))  # fmt: skip
    session.add(Consent(newsletter_id=issue.newsletter_id, subscriber_id=reader.id, kind=ConsentKind.CONFIRMED,
                        address_hash="0" * 64, text="x", text_digest="0" * 64, source="x"))  # fmt: skip
    suppression.suppress(session, reader.address_key or "", SuppressionReason.STAFF, note="窓口で申し出")
    session.flush()
    knowing = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"subscriber_id", "reader", "address_hash"} & set(table.columns.keys())
    }
    assert knowing == TOLD.keys() | NOT_TOLD.keys()
    copy = own_data.collect(session, reader)
    assert [key for key in TOLD.values() if not copy[key]] == []
    assert copy["suppressions"][0]["note"] == "窓口で申し出"
    assert copy["returned_mail"][0]["said"] == f"{ADDRESS} o••••@example.jp"


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
