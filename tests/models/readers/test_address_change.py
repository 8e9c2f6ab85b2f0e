"""A new address takes effect when its owner confirms."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox.transactional import TransactionalLetter
from models.readers import address_change, suppression
from models.readers.consent import Consent, ConsentKind
from models.readers.suppression import SuppressionReason
from models.store import mail_address
from models.store.errors import WrongState
from models.store.token import BadToken
from tests.sample import make_newsletter, make_reader

NEW = mail_address.parse("new@example.jp")


def link(session: Session) -> str:
    notice = session.scalars(select(TransactionalLetter)).one()
    assert notice.address == NEW.text
    return str(notice.values["link"]).rpartition("/")[2]


def test_new_address_is_taken_over_when_confirmed(session: Session) -> None:
    reader = make_reader(session, make_newsletter(session)).subscriber
    address_change.request(session, reader, NEW)
    assert reader.address == "reader@example.jp"
    token = link(session)
    address_change.confirm(session, token)
    assert (reader.address, reader.domain) == (NEW.text, "example.jp")
    told = session.scalars(select(TransactionalLetter).where(TransactionalLetter.kind == "address_changed")).one()
    assert told.address == "reader@example.jp"
    assert session.scalars(select(Consent.kind)).all() == [ConsentKind.CHANGED]
    assert address_change.confirm(session, token).done_at is not None, "twice is once"


def test_taken_address_gets_no_letter_and_is_never_taken_over(session: Session) -> None:
    newsletter = make_newsletter(session)
    reader = make_reader(session, newsletter).subscriber
    address_change.request(session, reader, NEW)
    token = link(session)
    make_reader(session, newsletter, NEW.text)
    with pytest.raises(WrongState):
        address_change.confirm(session, token)
    address_change.request(session, reader, NEW)
    assert len(session.scalars(select(TransactionalLetter)).all()) == 1


def test_barred_address_gets_no_letter(session: Session) -> None:
    reader = make_reader(session, make_newsletter(session)).subscriber
    suppression.suppress(session, NEW.key, SuppressionReason.COMPLAINED)
    address_change.request(session, reader, NEW)
    assert session.scalar(select(TransactionalLetter)) is None


def test_reader_cannot_have_many_strangers_written_to(session: Session) -> None:
    reader = make_reader(session, make_newsletter(session)).subscriber
    for number in range(10):
        address_change.request(session, reader, mail_address.parse(f"victim{number}@example.jp"))
    assert len(session.scalars(select(TransactionalLetter)).all()) == address_change.REQUESTS_PER_DAY


def test_link_of_another_kind_does_nothing(session: Session) -> None:
    with pytest.raises(BadToken):
        address_change.find_by_link(session, "A" * 32)


def test_address_is_shown_with_its_middle_hidden() -> None:
    assert mail_address.masked("hanako@example.jp") == "h••••@example.jp"
