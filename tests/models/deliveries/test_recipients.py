"""Who gets an issue: the number that a page shows is that of the letters, and both are what the conditions say.

The conditions are read here once more, in plain Python over plain values and with three answers (yes, no, nobody
knows), by a hand that did not look at the SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.deliveries import preparation, recipients
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.preparation import TakesTooLong
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter, Tracking
from models.issues.segments import segment
from models.issues.segments.condition import Tree
from models.readers import suppression
from models.readers.subscriber import SubscriptionState
from models.readers.suppression import SuppressionReason
from models.store.clock import now, start_of_day, today
from models.store.errors import Invalid
from models.tracking import hit
from models.tracking.hit import Hit
from models.tracking.readership import ArticleRead
from models.tracking.rules import HitKind, Verdict
from tests.sample import make_article, make_newsletter, make_reader, make_sent

PLACES = ("東京都", "東京都中央区", "京都府", "　", "", None)
DOMAINS = ("city.example.lg.jp", "example.jp", "mail.example.jp", "example.com")


@dataclass
class Person:
    """What is to be known of one reader."""

    id: int
    audience: str | None
    topics: list[str]
    language: str
    domain: str
    place: str | None
    joined: date
    refused: bool
    mailed: bool
    got: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    read_topics: set[str] = field(default_factory=set)


@dataclass
class Sample:
    """A newsletter with its readers, and the numbers of the issues that went out, the oldest first."""

    newsletter: Newsletter
    people: list[Person]
    numbers: list[int]


@pytest.fixture
def sample(session: Session) -> Sample:
    """Forty readers of all kinds, three issues, and who has read what."""
    chance = Random(15)
    newsletter = make_newsletter(session, fields=[{"name": "place", "label": "都道府県", "required": False}])
    sent = [make_sent(session, newsletter, f"第{n}号", days_ago=60 - n) for n in (1, 2, 3)]
    articles = {
        one.slug: make_article(session, newsletter, f"about-{one.slug}", one.name, topics=[one])
        for one in newsletter.topics
    }
    people = [_person(session, newsletter, chance, n) for n in range(40)]
    hit.ensure_partitions(session, [today() - timedelta(days=n) for n in (0, 28, 56, 84)])
    for one in people:
        for issue in sent:
            if chance.random() < 0.7:
                state = chance.choice([DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, DeliveryState.FAILED])
                session.add(Delivery(issue_id=issue.id, subscriber_id=one.id, edition=1, lane_id=1, state=state))
                if state is DeliveryState.ACCEPTED:
                    one.got.add(issue.number)
                    _maybe_read(session, chance, issue, one)
        for slug, article in articles.items():
            if chance.random() < 0.4:
                human = chance.choice([0, 1, 2])
                session.add(ArticleRead(article_id=article.id, reader=one.id, day=today(), audience_id=0, human=human,
                                        unknown=1))  # fmt: skip
                one.read_topics |= {slug} if human else set()
    session.flush()
    return Sample(newsletter, people, [issue.number for issue in sent])


def _person(session: Session, newsletter: Newsletter, chance: Random, n: int) -> Person:
    audience = chance.choice([*newsletter.audiences, None])
    topics = chance.sample(list(newsletter.topics), chance.choice([0, 0, 1, 2]))
    place, domain = chance.choice(PLACES), chance.choice(DOMAINS)
    joined, refused = today() - timedelta(days=chance.randrange(100)), chance.random() < 0.25
    state = chance.choice([SubscriptionState.ACTIVE] * 6 + [SubscriptionState.ENDED])
    made = make_reader(session, newsletter, f"reader{n}@{domain}", state, language=chance.choice(["ja", "en"]),
                       fields={} if place is None else {"place": place}, tracking_refused=refused)  # fmt: skip
    made.audience, made.topic_ids = audience, [one.id for one in topics]
    made.confirmed_at = start_of_day(joined) + timedelta(hours=chance.choice([0, 12, 23]))
    barred = n % 13 == 0
    if barred:
        suppression.suppress(session, f"reader{n}@{domain}", SuppressionReason.BOUNCED)
    return Person(made.subscriber_id, audience.slug if audience else None, [one.slug for one in topics],
                  made.subscriber.language, domain, place, joined, refused,
                  state is SubscriptionState.ACTIVE and not barred)  # fmt: skip


def _maybe_read(session: Session, chance: Random, issue: Issue, one: Person) -> None:
    verdict = chance.choice([None, Verdict.HUMAN, Verdict.PROXY, Verdict.UNKNOWN])
    if verdict is None:
        return
    kind = chance.choice([HitKind.OPEN, HitKind.CLICK])
    session.add(Hit(at=now() - timedelta(days=20), id=uuid4(), issue_id=issue.id, reader=one.id, kind=kind,
                    method="GET", link=0, verdict=verdict, certainty=0, rules=[]))  # fmt: skip
    if verdict is Verdict.HUMAN:
        one.read.add(issue.number)


Answer = bool | None


def holds(part: dict[str, object], one: Person, numbers: list[int]) -> Answer:
    """Whether a reader meets a tree, group or condition as JSON has it; None where nobody knows."""
    if "of" in part:
        answers = [holds(inner, one, numbers) for inner in part["of"]]  # type: ignore[attr-defined]
        decisive = part.get("match", "all") == "any"
        answer: Answer = decisive if decisive in answers else None if None in answers else not decisive
    else:
        answer = says(part, one, numbers)
    return None if answer is None else answer is not bool(part.get("negated"))


def says(condition: dict[str, object], one: Person, numbers: list[int]) -> Answer:
    """What one condition says, its negation aside."""
    what, how, values = condition["what"], condition.get("how", "is"), condition.get("values", [])
    assert isinstance(values, list)
    if what in ("read_issue", "read_recent", "read_topic") and one.refused:
        return None
    if what == "read_topic":
        return bool(one.read_topics & set(values))
    if what in ("read_issue", "read_recent"):
        about = set(map(int, values)) if what == "read_issue" else set(numbers[-int(values[0]) :])
        return True if one.read & about else False if one.got & about else None
    if what == "joined":
        if how == "within":
            return one.joined >= today() - timedelta(days=int(values[0]))
        return one.joined >= date.fromisoformat(values[0]) if how == "from" else str(one.joined) <= values[0]
    if what == "field":
        answer = one.place or ""
        if how == "empty":
            return not answer.strip("　 ")
        match = {"is": str.__eq__, "contains": str.__contains__, "begins": str.startswith}[str(how)]
        return one.place is not None and any(match(answer, value) for value in values)
    if what == "topic":
        return not one.topics or bool(set(one.topics) & set(values))
    if what == "domain":
        return any(f".{one.domain}".endswith(f".{value}") for value in values)
    return {"audience": one.audience, "language": one.language}[str(what)] in values


def _of(what: str, values: list[str], **more: object) -> st.SearchStrategy[dict[str, object]]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return st.fixed_dictionaries({"what": st.just(what), "values": some, "negated": st.booleans(),
                                  **{name: st.just(value) for name, value in more.items()}})  # fmt: skip


def _one(what: str, values: list[str], **more: object) -> st.SearchStrategy[dict[str, object]]:
    return _of(what, values, **more).map(lambda made: {**made, "values": made["values"][:1]})  # type: ignore[index]


_days = [str(today() - timedelta(days=n)) for n in (0, 10, 50, 99)]
_conditions = st.one_of(
    _of("audience", ["official", "citizen"]),
    _of("topic", ["dx", "privacy", "rpa"]),
    _of("language", ["ja", "en"]),
    _of("domain", ["lg.jp", "example.jp", "jp"]),
    *(_of("field", ["東京都", "京都", "府"], name="place", how=how) for how in ("is", "contains", "begins")),
    st.just({"what": "field", "name": "place", "how": "empty"}),
    *(_one("joined", _days, how=how) for how in ("from", "until")),
    _one("joined", ["1", "30", "98"], how="within"),
    _of("read_issue", ["1", "2", "3"]),
    _of("read_topic", ["dx", "privacy", "rpa"]),
    _one("read_recent", ["1", "2", "9"]),
)
_match = st.sampled_from(["all", "any"])
_groups = st.fixed_dictionaries(
    {"match": _match, "negated": st.booleans(), "of": st.lists(_conditions, min_size=1, max_size=3)}
)
# A map keeps Hypothesis from drawing a group as rarely as each single kind of condition.
_parts = st.one_of(_conditions.map(dict), _groups)
trees = st.fixed_dictionaries({"match": _match, "of": st.lists(_parts, min_size=1, max_size=4)})


@rules(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_count_and_letters_follow_the_conditions(session: Session, sample: Sample, tree: dict[str, object]) -> None:
    kept = segment.of_tree(Tree.model_validate(tree))
    expected = {one.id for one in sample.people if one.mailed and holds(tree, one, sample.numbers) is True}
    asked = recipients.as_if(None, sample.newsletter, "", kept)
    assert recipients.count(session, asked).mailed == len(expected)
    assert len(recipients.sample(session, asked, 10).readers) == min(10, len(expected))
    with session.begin_nested() as attempt:
        draft = issues.create(session, sample.newsletter, subject="次の号", segment=kept)
        preparation.freeze(session, draft, (), 100, {})
        mailed = select(Delivery.subscriber_id).where(
            Delivery.issue_id == draft.id, Delivery.state == DeliveryState.QUEUED
        )
        assert set(session.scalars(mailed)) == expected
        attempt.rollback()


@pytest.mark.parametrize("some", [(5,), (5, 20), (100,)])
def test_samples_are_found_among_some_readers_or_among_all(
    session: Session, sample: Sample, monkeypatch: pytest.MonkeyPatch, some: tuple[int, ...]
) -> None:
    monkeypatch.setattr(recipients, "SOME", some)
    for condition in ({"what": "language", "values": ["ja"]}, {"what": "read_topic", "values": ["dx"]},
                      {"what": "read_issue", "values": [str(sample.numbers[0])], "negated": True}):  # fmt: skip
        tree: dict[str, object] = {"of": [condition]}
        asked = recipients.as_if(None, sample.newsletter, "", segment.of_tree(Tree.model_validate(tree)))
        mailed = [one for one in sample.people if one.mailed and holds(tree, one, sample.numbers) is True]
        assert len(mailed) > 3, "a condition that nobody meets tries nothing"
        monkeypatch.setattr(recipients, "FEW", 20)
        spreads = [set(recipients._spread(session, sample.newsletter.id, most)) for most in some]
        assert all(3 <= len(spread) <= most for spread, most in zip(spreads, some, strict=True))
        met = [sum(one.id in spread for one in mailed) for spread in spreads]
        for size in (1, 3, len(mailed) + 1):
            found = recipients.sample(session, asked, size)
            assert len(found.readers) == (size if any(number >= size for number in met) else met[-1])
            assert found.among == (len(spreads[-1]) if len(found.readers) < size else None)
            assert found == recipients.sample(session, asked, size)
            whole = recipients.sample(session, asked, size, of_all=True)
            assert (len(whole.readers), whole.among) == (min(size, len(mailed)), None)
        monkeypatch.setattr(recipients, "FEW", 100)
        assert recipients.sample(session, asked, 3) == recipients.sample(session, asked, 3, of_all=True)


def test_what_takes_too_long_is_told_and_nothing_else_is_lost(
    session: Session, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = segment.of_tree(Tree.model_validate({"of": [{"what": "language", "values": ["ja"]}]}))
    asked = recipients.as_if(None, sample.newsletter, "", kept)
    monkeypatch.setattr(settings.get(), "__dict__", {**settings.get().__dict__, "database_seconds": 0.2})
    sample.newsletter.description = "同じ取引で変えました。"
    # One statement sleeps as a large installation's would.
    monkeypatch.setattr(recipients.preparation, "recipients_sql",
                        lambda *_, **_few: "recipient AS (SELECT 1 AS audience_id, pg_sleep(3)::text AS reason, 1 AS "
                                   "subscriber_id)")  # fmt: skip
    with pytest.raises(TakesTooLong, match="DATABASE_SECONDS"):
        recipients.count(session, asked)
    assert session.scalar(select(Newsletter.description)) == "同じ取引で変えました。"


@pytest.mark.parametrize("what", [{"what": "read_recent", "values": ["3"]}, {"what": "read_topic", "values": ["dx"]}])
def test_reading_is_not_asked_where_nobody_is_known(session: Session, sample: Sample, what: dict[str, object]) -> None:
    kept = segment.of_tree(Tree.model_validate({"of": [what]}))
    sample.newsletter.tracking = Tracking.AGGREGATE
    with pytest.raises(Invalid, match="who has read what"):
        segment.check(session, sample.newsletter, kept)


def test_an_issue_from_before_readers_were_known_is_not_asked_for(session: Session, sample: Sample) -> None:
    kept = segment.of_tree(Tree.model_validate({"of": [{"what": "read_issue", "values": ["2"]}]}))
    segment.check(session, sample.newsletter, kept)
    sample.newsletter.tracking = Tracking.OFF
    sample.newsletter.tracking = Tracking.INDIVIDUAL
    with pytest.raises(Invalid, match="read issue 2"):
        segment.check(session, sample.newsletter, kept)
    draft = issues.create(session, sample.newsletter, subject="まだ書いています")
    unsent = segment.of_tree(Tree.model_validate({"of": [{"what": "read_issue", "values": [str(draft.number)]}]}))
    with pytest.raises(Invalid, match="has not gone out"):
        segment.check(session, sample.newsletter, unsent)
