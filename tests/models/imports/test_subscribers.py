"""Taking in lists: idempotent, never against a suppression, with evidence of where the consent came from."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models.imports.csv_file import CsvRow
from models.imports.reader_status import ReaderStatus
from models.imports.subscribers import ImportCounts, Importer, RejectedRow, batches, mark
from models.issues.newsletter import Newsletter, Topic
from models.readers import address_change, consent, erasure, suppression, unsubscribe
from models.readers.address_change import AddressChange
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState, find
from models.readers.suppression import SuppressionReason
from models.store import db, token
from models.store.token import Purpose, address_hash
from tests.sample import make_newsletter, make_reader


def take(
    session: Session, newsletter: Any, *cells: dict[str, str], **options: str
) -> tuple[ImportCounts, list[RejectedRow]]:
    lines = [CsvRow(number, one) for number, one in enumerate(cells, 2)]
    found = Importer(newsletter, **{"source": "窓口の申込書", **options}).store_batch(session, lines)
    session.expire_all()
    return found


def counts(outcome: ImportCounts) -> tuple[int, ...]:
    assert outcome.stopped == 0
    return (outcome.added, outcome.known, outcome.suppressed, outcome.repeated, outcome.refused)


def test_reader_is_taken_in_with_everything(session: Session) -> None:
    newsletter = make_newsletter(session, fields=[{"name": "role", "label": "役職", "required": True}])
    outcome, refused = take(
        session,
        newsletter,
        {
            "address": "ＨＡＮＡＫＯ＠example。jp",
            "name": "髙橋　花子",
            "kana": "ﾀｶﾊｼ ﾊﾅｺ",
            "organisation": "みなと商会㈱",
            "audience": "住民",
            "topics": "個人情報、rpa",
            "source": "2025年10月の説明会",
            "language": "en",
            "role": "課長",
        },
    )
    assert (counts(outcome), refused) == ((1, 0, 0, 0, 0), [])
    reader = find(session, "hanako@example.jp")
    assert reader is not None
    assert (reader.address, reader.domain) == ("HANAKO@example.jp", "example.jp")
    assert (reader.name, reader.kana, reader.organisation) == ("髙橋 花子", "タカハシ ハナコ", "みなと商会㈱")
    assert (reader.language, reader.fields, reader.address_hash) == ("en", {"role": "課長"}, reader.address_hash)
    (subscription,) = reader.subscriptions
    assert subscription.state is SubscriptionState.ACTIVE
    assert subscription.audience is not None
    assert subscription.audience.slug == "citizen"
    assert subscription.topic_ids == [newsletter.topics[1].id, newsletter.topics[2].id]
    evidence = session.scalars(select(Consent)).one()
    assert (evidence.kind, evidence.source) == (ConsentKind.IMPORTED, "2025年10月の説明会")
    assert evidence.address_hash == reader.address_hash


def test_same_list_again_changes_nothing(session: Session) -> None:
    newsletter = make_newsletter(session)
    rows = [{"address": f"r{number}@example.jp"} for number in range(5)]
    assert counts(take(session, newsletter, *rows)[0]) == (5, 0, 0, 0, 0)
    assert counts(take(session, newsletter, *rows)[0]) == (0, 5, 0, 0, 0)
    assert len(session.scalars(select(Consent)).all()) == 5


def test_what_a_reader_said_is_kept_and_blanks_are_filled(session: Session) -> None:
    newsletter = make_newsletter(session)
    known = make_reader(session, newsletter, "a@example.jp", name="本人の名")
    assert counts(take(session, newsletter, {"address": "a@example.jp", "name": "別の名", "kana": "ホンニン"})[0]) == (
        *(0, 1, 0, 0, 0),
    )
    assert (known.subscriber.name, known.subscriber.kana) == ("本人の名", "ホンニン")


def test_nobody_comes_back_by_a_list(session: Session) -> None:
    newsletter = make_newsletter(session)
    gone = make_reader(session, newsletter, "gone@example.jp")
    unsubscribe.unsubscribe(session, gone, source="page")
    ended = make_reader(session, newsletter, "ended@example.jp", SubscriptionState.ENDED)
    suppression.suppress(session, "bounced@example.jp", SuppressionReason.BOUNCED)
    elsewhere = make_newsletter(session, "other")
    suppression.suppress(session, "fine@example.jp", SuppressionReason.UNSUBSCRIBED, newsletter_id=elsewhere.id)
    names = ("gone", "ended", "bounced", "fine")
    outcome, _ = take(session, newsletter, *({"address": f"{name}@example.jp"} for name in names))
    assert counts(outcome) == (1, 1, 2, 0, 0)
    assert (gone.state, ended.state) == (SubscriptionState.ENDED, SubscriptionState.ENDED)
    assert find(session, "bounced@example.jp") is None
    assert find(session, "fine@example.jp") is not None


@pytest.mark.parametrize("leaves", [False, True])
def test_case_a4_old_list_does_not_bring_back_who_changed_the_address(session: Session, leaves: bool) -> None:
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    one = make_reader(session, newsletter, "before@example.jp")
    change = AddressChange(subscriber=one.subscriber, address="now@example.jp")
    session.add(change)
    session.flush()
    address_change.confirm(session, token.make_expiring(Purpose.ADDRESS, change.id, 60))
    if leaves:
        unsubscribe.unsubscribe(session, one, source="page")
    outcome, _ = take(session, newsletter, {"address": "before@example.jp"})
    assert counts(outcome) == (0, 1, 0, 0, 0)
    assert find(session, "before@example.jp") is None
    assert counts(take(session, other, {"address": "before@example.jp"})[0]) == (1, 0, 0, 0, 0), "never a reader there"


def test_case_a4_old_list_does_not_bring_back_who_was_erased(session: Session) -> None:
    """Neither under an earlier address, nor for another newsletter than the one that was asked for again."""
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    reader = make_reader(session, newsletter, "before@example.jp").subscriber
    change = AddressChange(subscriber=reader, address="now@example.jp")
    session.add(change)
    session.flush()
    address_change.confirm(session, token.make_expiring(Purpose.ADDRESS, change.id, 60))
    erasure.erase(session, reader)
    cells: list[dict[str, str]] = [{"address": "before@example.jp"}, {"address": "now@example.jp"}]
    assert counts(take(session, newsletter, *cells)[0]) == (0, 0, 2, 0, 0)
    again = make_reader(session, newsletter, "now@example.jp").subscriber
    suppression.lift(session, again, newsletter.id, actor="reader", why="asked again")
    assert suppression.find(session, "now@example.jp", newsletter.id) == []
    assert counts(take(session, other, *cells)[0]) == (0, 0, 2, 0, 0)


def test_case_a4_earlier_address_that_is_somebody_s_now_is_theirs(session: Session) -> None:
    newsletter = make_newsletter(session)
    reader = make_reader(session, newsletter, "desk@example.jp").subscriber
    change = AddressChange(subscriber=reader, address="now@example.jp")
    session.add(change)
    session.flush()
    address_change.confirm(session, token.make_expiring(Purpose.ADDRESS, change.id, 60))
    make_reader(session, newsletter, "desk@example.jp", SubscriptionState.PENDING)
    assert counts(take(session, newsletter, {"address": "desk@example.jp"})[0]) == (1, 0, 0, 0, 0)
    erasure.erase(session, reader)
    assert suppression.find(session, "desk@example.jp") == []


def test_waiting_sign_up_becomes_active(session: Session) -> None:
    newsletter = make_newsletter(session)
    waiting = make_reader(session, newsletter, "w@example.jp", SubscriptionState.PENDING)
    assert counts(take(session, newsletter, {"address": "w@example.jp"})[0]) == (1, 0, 0, 0, 0)
    assert waiting.state is SubscriptionState.ACTIVE
    assert waiting.confirmed_at is not None


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"address": ""}, "missing"),
        ({"address": "花子"}, "not a mail address"),
        ({"address": "a@example.jp", "audience": "だれか"}, "audience"),
        ({"address": "a@example.jp", "topics": "dx;水道"}, "水道"),
        ({"address": "a@example.jp", "language": "fr"}, "fr"),
        ({"address": "a@example.jp", "name": "長" * 201}, "200"),
        ({"address": "a" * 300 + "@example.jp"}, "longer"),
    ],
)
def test_line_that_cannot_be_taken_is_named(session: Session, cells: dict[str, str], why: str) -> None:
    newsletter = make_newsletter(session)
    outcome, refused = take(session, newsletter, {"address": "good@example.jp"}, cells)
    assert counts(outcome) == (1, 0, 0, 0, 1)
    assert refused[0].line == 3
    assert why in refused[0].reason


def test_consent_must_come_from_somewhere(session: Session) -> None:
    newsletter = make_newsletter(session)
    outcome, refused = take(session, newsletter, {"address": "a@example.jp"}, source="")
    assert (outcome.refused, session.scalar(select(Subscriber))) == (1, None)
    assert "agreed" in refused[0].reason


def test_address_twice_in_one_list_counts_once(session: Session) -> None:
    newsletter = make_newsletter(session)
    outcome, _ = take(
        session, newsletter, {"address": "a@example.jp", "name": "一"}, {"address": "A@EXAMPLE.JP", "name": "二"}
    )
    assert counts(outcome) == (1, 0, 0, 1, 0)
    assert session.scalars(select(Subscriber.name)).all() == ["一"]
    assert len(session.scalars(select(Subscription)).all()) == 1


def test_list_is_taken_in_portions() -> None:
    sizes = [len(batch) for batch in batches(iter([CsvRow(number, {}) for number in range(25_000)]))]
    assert sizes == [10_000, 10_000, 5_000]


LEAVING = [
    (ReaderStatus.UNSUBSCRIBED, SuppressionReason.UNSUBSCRIBED),
    (ReaderStatus.BOUNCED, SuppressionReason.BOUNCED),
    (ReaderStatus.COMPLAINED, SuppressionReason.COMPLAINED),
    (ReaderStatus.BLOCKED, SuppressionReason.STAFF),
]


def stop(session: Session, newsletter: Any, status: ReaderStatus, *addresses: str) -> ImportCounts:
    lines = [CsvRow(number, {"address": one}, status=status) for number, one in enumerate(addresses, 2)]
    outcome, refused = Importer(newsletter, source="窓口", name="list.csv").store_batch(session, lines)
    session.expire_all()
    assert not refused
    return outcome


@pytest.mark.parametrize(("status", "reason"), LEAVING)
def test_case_i5_who_left_elsewhere_is_not_mailed(
    session: Session, status: ReaderStatus, reason: SuppressionReason
) -> None:
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    for _ in range(2):
        outcome = stop(session, newsletter, status, "a@example.jp", "b@example.jp", "A@example.jp")
        assert (outcome.stopped, outcome.repeated, outcome.total) == (2, 1, 3)
    assert find(session, "a@example.jp") is None
    [suppressed] = suppression.find(session, "a@example.jp", newsletter.id)
    assert (suppressed.reason, suppressed.note) == (reason, "list list.csv")
    assert suppression.find(session, "a@example.jp", other.id) == []
    assert counts(take(session, newsletter, {"address": "a@example.jp"})[0]) == (0, 0, 1, 0, 0)


def test_case_i5_list_with_states_stops_whom_one_without_them_brought(session: Session) -> None:
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    for home in (newsletter, other):
        take(session, home, {"address": "a@example.jp"})
    assert stop(session, newsletter, ReaderStatus.UNSUBSCRIBED, "a@example.jp").stopped == 1
    reader = find(session, "a@example.jp")
    assert reader is not None
    states = {one.newsletter_id: one.state for one in reader.subscriptions}
    assert states == {newsletter.id: SubscriptionState.ENDED, other.id: SubscriptionState.ACTIVE}
    withdrawn = session.scalars(select(Consent).where(Consent.kind == ConsentKind.WITHDRAWN)).one()
    assert (withdrawn.newsletter_id, withdrawn.source) == (newsletter.id, "list list.csv")


def test_case_i5_who_signed_up_here_stays(session: Session) -> None:
    newsletter = make_newsletter(session)
    one = make_reader(session, newsletter, "a@example.jp")
    consent.record(session, one, ConsentKind.CONFIRMED)
    waiting = make_reader(session, newsletter, "b@example.jp", SubscriptionState.PENDING)
    outcome = stop(session, newsletter, ReaderStatus.UNSUBSCRIBED, "a@example.jp", "b@example.jp")
    assert (outcome.known, outcome.stopped) == (1, 1)
    assert (one.state, waiting.state) == (SubscriptionState.ACTIVE, SubscriptionState.PENDING)
    assert suppression.find(session, "a@example.jp", newsletter.id) == []


def test_case_i5_who_left_in_another_line_is_not_mailed(session: Session) -> None:
    newsletter = make_newsletter(session)
    at = mark(address_hash("a@example.jp"))
    importer = Importer(newsletter, source="窓口", left={at: ReaderStatus.UNSUBSCRIBED})
    outcome, _ = importer.store_batch(session, [CsvRow(2, {"address": "A@example.jp"})])
    assert (outcome.stopped, outcome.added) == (1, 0)


def test_case_i5_who_never_confirmed_did_not_agree(session: Session) -> None:
    newsletter = make_newsletter(session)
    line = CsvRow(2, {"address": "a@example.jp"}, status=ReaderStatus.UNCONFIRMED, written=["a@example.jp", "仮登録"])
    outcome, [refused] = Importer(newsletter, source="窓口").store_batch(session, [line])
    assert (outcome.refused, refused.written) == (1, ["a@example.jp", "仮登録"])
    assert "never confirmed" in refused.reason


@pytest.mark.parametrize("said", ["いいえ", "×", "0", "同意しない", "no", "FALSE"])
def test_list_that_says_no_is_no_consent(session: Session, said: str) -> None:
    outcome, [refused] = take(session, make_newsletter(session), {"address": "a@example.jp", "source": said})
    assert outcome.refused == 1
    assert "did not agree" in refused.reason


@pytest.mark.parametrize(("said", "source"), [("はい", "窓口の申込書"), ("○", "窓口の申込書"), ("説明会", "説明会")])
def test_yes_is_no_place_where_somebody_agreed(session: Session, said: str, source: str) -> None:
    take(session, make_newsletter(session), {"address": "a@example.jp", "source": said})
    assert session.scalars(select(Consent.source)).one() == source


def test_case_i9_topic_with_a_separator_in_its_name(session: Session) -> None:
    newsletter = make_newsletter(session)
    topic = Topic(newsletter=newsletter, slug="safety", name="防災、防犯", position=9)
    session.add(topic)
    session.flush()
    outcome, refused = take(session, newsletter, {"address": "a@example.jp", "topics": "防災、防犯、RPA"})
    assert (outcome.added, refused) == (1, [])
    assert session.scalars(select(Subscription.topic_ids)).one() == sorted([topic.id, newsletter.topics[2].id])


@pytest.mark.parametrize(
    "address", ["user 019@example.jp", "a@example.jp b@example.jp", "a@example. jp", "a@ex\nample.jp"]
)
def test_address_with_a_space_in_it_is_refused(session: Session, address: str) -> None:
    outcome, [refused] = take(session, make_newsletter(session), {"address": address})
    assert outcome.refused == 1
    assert "space" in refused.reason


@pytest.mark.parametrize(("said", "language"), [("English", "en"), ("ja-JP", "ja"), ("日本語", "ja"), ("EN_us", "en")])
def test_languages_as_tools_name_them(session: Session, said: str, language: str) -> None:
    take(session, make_newsletter(session), {"address": "a@example.jp", "language": said})
    assert session.scalars(select(Subscriber.language)).one() == language


def test_somebody_who_signs_up_at_the_same_moment_is_not_lost(database: Engine) -> None:
    """Another connection takes one of the addresses between the look for known readers and the writing of new ones."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        _loaded = newsletter.audiences, newsletter.known_topics
    begun = []

    def sign_up(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "nextval" in statement and not begun:
            begun.append(statement)
            with Session(db.engine()) as other:
                make_reader(other, other.get_one(Newsletter, newsletter.id), "b@example.jp", SubscriptionState.PENDING)
                other.commit()

    event.listen(database, "before_cursor_execute", sign_up)
    try:
        with db.session_scope() as session:
            outcome, _ = take(session, newsletter, {"address": "a@example.jp"}, {"address": "b@example.jp"})
    finally:
        event.remove(database, "before_cursor_execute", sign_up)
    assert begun
    assert outcome.added == 2
    with db.session_scope() as session:
        states = set(session.scalars(select(Subscription.state)))
        assert states == {SubscriptionState.ACTIVE}
