"""Double opt-in: who gets which letter, what is kept as evidence, and what a stranger can bring about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers import erasure, signup, signup_limit, subscriber, suppression, unsubscribe
from models.readers.consent import Consent, ConsentKind
from models.readers.profile import Profile, validate
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.suppression import AddressSuppressed, Suppression, SuppressionReason
from models.staff.audit import AuditEntry
from models.store import clock, mail_address
from models.store.errors import WrongState
from models.store.token import BadToken, ExpiredToken, Purpose, make
from tests.sample import make_newsletter, make_reader

ADDRESS = "hanako@example.jp"


def ask(session: Session, newsletter: Newsletter, typed: str = ADDRESS, profile: Profile | None = None) -> None:
    signup.sign_up(
        session,
        newsletter,
        mail_address.parse(typed),
        profile or Profile(),
        agreed="配信に同意します",
        client="192.0.2.1",
        user_agent="Browser/1",
    )


def letters(session: Session) -> list[str]:
    return list(session.scalars(select(TransactionalLetter.kind).order_by(TransactionalLetter.id)))


def link(session: Session) -> str:
    """The token of the last confirmation letter."""
    notice = session.scalars(
        select(TransactionalLetter)
        .where(TransactionalLetter.kind == "confirmation")
        .order_by(TransactionalLetter.id.desc())
    ).first()
    assert notice is not None
    return str(notice.values["link"]).rpartition("/")[2]


def evidence(session: Session) -> list[ConsentKind]:
    return list(session.scalars(select(Consent.kind).order_by(Consent.id)))


def subscription(session: Session) -> Subscription:
    return session.scalars(select(Subscription)).one()


def test_unknown_address_is_asked_and_confirmed(session: Session) -> None:
    newsletter = make_newsletter(session)
    ask(
        session,
        newsletter,
        profile=validate(newsletter, name="　高橋　花子", audience="official", topics=["dx"], tracking_refused=True),
    )
    waiting = subscription(session)
    assert waiting.state is SubscriptionState.PENDING
    assert waiting.subscriber.name == ""
    signup.confirm(session, link(session))
    assert waiting.state is SubscriptionState.ACTIVE
    reader = waiting.subscriber
    assert (reader.name, reader.tracking_refused) == ("高橋 花子", True)
    assert waiting.audience is not None
    assert waiting.audience.slug == "official"
    assert waiting.topic_ids == [newsletter.topics[0].id]
    assert waiting.pending_answers == {}
    assert letters(session) == ["confirmation", "welcome"]
    assert evidence(session) == [ConsentKind.REQUESTED, ConsentKind.CONFIRMED]
    kept = session.scalars(select(Consent)).all()
    assert {one.text for one in kept} == {"配信に同意します"}
    assert kept[0].client == "192.0.2.1"


def test_confirming_twice_is_confirming_once(session: Session) -> None:
    ask(session, make_newsletter(session))
    token = link(session)
    first = signup.confirm(session, token)
    assert signup.confirm(session, token) is first
    assert letters(session) == ["confirmation", "welcome"]


def test_known_address_is_told_in_its_own_mailbox(session: Session) -> None:
    newsletter = make_newsletter(session)
    known = make_reader(session, newsletter, ADDRESS, name="花子")
    ask(session, newsletter, "ＨＡＮＡＫＯ＠example。jp", Profile(name="誰か", topic_ids=(1,)))
    assert letters(session) == ["already_subscribed"]
    assert (known.subscriber.name, known.topic_ids) == ("花子", [])
    assert evidence(session) == []


def test_stranger_cannot_change_a_reader_of_another_newsletter(session: Session) -> None:
    known = make_reader(session, make_newsletter(session, "other"), ADDRESS, name="花子")
    ask(session, make_newsletter(session), profile=Profile(name="誰か", tracking_refused=True))
    assert (known.subscriber.name, known.subscriber.tracking_refused) == ("花子", False)
    assert letters(session) == ["confirmation"]


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.STAFF])
def test_barred_address_gets_nothing(session: Session, reason: SuppressionReason) -> None:
    newsletter = make_newsletter(session)
    suppression.suppress(session, ADDRESS, reason)
    ask(session, newsletter)
    assert letters(session) == []
    assert session.scalar(select(Subscription)) is None


def test_who_left_may_come_back(session: Session) -> None:
    newsletter = make_newsletter(session)
    gone = make_reader(session, newsletter, ADDRESS)
    assert unsubscribe.unsubscribe(session, gone, source="page")
    assert not unsubscribe.unsubscribe(session, gone, source="page")
    assert suppression.find(session, ADDRESS, newsletter.id)
    ask(session, newsletter)
    assert suppression.find(session, ADDRESS, newsletter.id), "not before it is confirmed"
    signup.confirm(session, link(session))
    assert not suppression.find(session, ADDRESS, newsletter.id)
    assert gone.state is SubscriptionState.ACTIVE
    assert evidence(session) == [ConsentKind.WITHDRAWN, ConsentKind.REQUESTED, ConsentKind.CONFIRMED]


def test_what_is_lifted_leaves_its_reason_in_the_audit_log(session: Session) -> None:
    newsletter = make_newsletter(session)
    gone = make_reader(session, newsletter, ADDRESS)
    unsubscribe.unsubscribe(session, gone, source="page")
    [held] = suppression.find(session, ADDRESS, newsletter.id)
    since = held.at.isoformat()
    ask(session, newsletter)
    signup.confirm(session, link(session))
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == (
        "reader",
        "lift suppression",
        f"subscriber/{gone.subscriber_id}",
    )
    assert entry.detail == {
        "newsletter": newsletter.id,
        "reason": "unsubscribed",
        "note": held.note,
        "since": since,
        "why": "the reader confirmed a new sign-up",
    }
    assert ADDRESS not in str(entry.detail)


def test_only_what_the_reader_asked_for_is_lifted(session: Session) -> None:
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    reader = make_reader(session, newsletter, ADDRESS).subscriber
    suppression.suppress(session, ADDRESS, SuppressionReason.UNSUBSCRIBED, newsletter_id=newsletter.id)
    suppression.suppress(session, ADDRESS, SuppressionReason.UNSUBSCRIBED, newsletter_id=other.id)
    suppression.suppress(session, ADDRESS, SuppressionReason.COMPLAINED)
    suppression.lift(session, reader, newsletter.id, actor="reader", why="asked again")
    left = session.execute(select(Suppression.newsletter_id, Suppression.reason)).all()
    assert set(left) == {(None, SuppressionReason.COMPLAINED), (other.id, SuppressionReason.UNSUBSCRIBED)}
    assert [entry.detail["reason"] for entry in session.scalars(select(AuditEntry))] == ["unsubscribed"]


def test_nothing_lifted_leaves_nothing(session: Session) -> None:
    ask(session, make_newsletter(session))
    signup.confirm(session, link(session))
    assert session.scalars(select(AuditEntry)).all() == []


def test_case_a4_complaint_between_asking_and_confirming_stays(session: Session) -> None:
    newsletter = make_newsletter(session)
    ask(session, newsletter)
    suppression.suppress(session, ADDRESS, SuppressionReason.COMPLAINED)
    with pytest.raises(AddressSuppressed):
        signup.confirm(session, link(session))
    assert suppression.blocks_signup(session, ADDRESS, newsletter.id)
    assert subscription(session).state is SubscriptionState.PENDING
    assert letters(session) == ["confirmation"]


def test_old_link_does_not_bring_back_who_left(session: Session) -> None:
    newsletter = make_newsletter(session)
    ask(session, newsletter)
    token = link(session)
    unsubscribe.unsubscribe(session, signup.confirm(session, token), source="one-click")
    with pytest.raises(ExpiredToken):
        signup.confirm(session, token)


def test_erased_reader_may_begin_afresh(session: Session) -> None:
    newsletter = make_newsletter(session)
    old = make_reader(session, newsletter, ADDRESS)
    erasure.erase(session, old.subscriber)
    ask(session, newsletter)
    fresh = signup.confirm(session, link(session))
    assert fresh.subscriber_id != old.subscriber_id
    assert not suppression.find(session, ADDRESS, newsletter.id)


def test_address_is_not_flooded(session: Session) -> None:
    newsletter = make_newsletter(session)
    for _ in range(10):
        ask(session, newsletter)
    assert len(letters(session)) == signup_limit.LETTERS_PER_HOUR
    with clock.moved(timedelta(hours=2)):
        ask(session, newsletter)
    assert len(letters(session)) == signup_limit.LETTERS_PER_HOUR + 1


def test_link_expires(session: Session) -> None:
    ask(session, make_newsletter(session))
    token = link(session)
    with clock.moved(timedelta(days=8)), pytest.raises(ExpiredToken):
        signup.confirm(session, token)
    with pytest.raises(BadToken):
        signup.confirm(session, make(Purpose.UNSUBSCRIBE, 2**31, subscription(session).id))


def test_closed_newsletter_takes_nobody(session: Session) -> None:
    with pytest.raises(WrongState):
        ask(session, make_newsletter(session, open_to_signup=False))


def test_a_sign_up_that_waits_again_outlives_one_that_expires(session: Session) -> None:
    """Asked for one newsletter, later for another, and after the first has expired for the first again."""
    first, second = make_newsletter(session), make_newsletter(session, "other")
    ask(session, first)
    with clock.moved(timedelta(days=5)):
        ask(session, second)
    with clock.moved(timedelta(days=9)):
        assert signup.expire_unconfirmed(session) == 1
        ask(session, first)
    with clock.moved(timedelta(days=14)):
        assert signup.expire_unconfirmed(session) == 1
        reader = subscriber.find(session, ADDRESS)
        assert reader is not None
        assert [one.newsletter_id for one in reader.subscriptions if one.state is SubscriptionState.PENDING] == [
            first.id
        ]


def test_sign_ups_that_nobody_confirmed_are_forgotten(session: Session) -> None:
    newsletter = make_newsletter(session)
    active = make_reader(session, make_newsletter(session, "other"), "both@example.jp")
    ask(session, newsletter)
    ask(session, newsletter, "both@example.jp")
    assert signup.expire_unconfirmed(session) == 0
    with clock.moved(timedelta(days=9)):
        ask(session, newsletter, "late@example.jp")
        assert signup.expire_unconfirmed(session) == 2
    assert subscriber.find(session, ADDRESS) is None
    assert active.subscriber.address == "both@example.jp"
    assert active.state is SubscriptionState.ACTIVE
    assert subscriber.find(session, "late@example.jp") is not None
    ask(session, newsletter)
    signup.confirm(session, link(session))
