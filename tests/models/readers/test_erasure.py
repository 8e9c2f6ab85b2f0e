"""After erasure nothing tells who the reader was, and nobody writes to the address from a list again."""

from __future__ import annotations

import re

from sqlalchemy import String, Text, inspect, select
from sqlalchemy.orm import Session

from models.outbox import transactional
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.readers import address_change, consent, erasure, suppression
from models.readers.consent import Consent, ConsentKind
from models.readers.suppression import SuppressionReason
from models.store import mail_address
from models.store.base import Base
from tests.sample import make_newsletter, make_reader

WORDS = ("hanako", "花子", "ハナコ", "みなと商会", "192.0.2.7", "Agent-of-Hanako", "old-new")


def everything(session: Session) -> str:
    """The texts of every row of every table."""
    found: list[str] = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            found.append(repr(tuple(row)))
    return "\n".join(found)


def test_nothing_stays_that_tells_who_it_was(session: Session) -> None:
    newsletter = make_newsletter(session)
    subscription = make_reader(
        session,
        newsletter,
        "hanako@example.jp",
        name="花子",
        kana="ハナコ",
        organisation="みなと商会",
        fields={"role": "花子の係"},
    )
    reader = subscription.subscriber
    consent.record(session, subscription, ConsentKind.CONFIRMED, client="192.0.2.7", user_agent="Agent-of-Hanako")
    transactional.post(session, "welcome", "hanako@example.jp", subscriber_id=reader.id, name="花子")
    address_change.request(session, reader, mail_address.parse("old-new@example.jp"))
    before = everything(session)
    assert all(word in before for word in WORDS)
    erasure.erase(session, reader)
    erasure.erase(session, reader)
    session.expire_all()
    after = everything(session)
    assert [word for word in WORDS if word in after] == []
    assert set(session.scalars(select(TransactionalLetter.state))) == {TransactionalState.FAILED}
    assert session.scalars(select(Consent.address_hash)).one(), "the evidence stays, under a keyed hash"
    [found] = suppression.find(session, "hanako@example.jp", newsletter.id)
    assert found.reason is SuppressionReason.ERASED


def test_every_text_of_a_reader_is_known_to_the_erasure(session: Session) -> None:
    """A column added to the reader later must be thought of here, too."""
    columns = {
        column.key
        for column in inspect(type(make_reader(session, make_newsletter(session)).subscriber)).columns
        if isinstance(column.type, String | Text) or re.search("JSON", repr(column.type))
    }
    emptied = {"address", "address_key", "address_hash", "domain", "name", "kana", "organisation", "fields"}
    assert columns == emptied | {"language"}
