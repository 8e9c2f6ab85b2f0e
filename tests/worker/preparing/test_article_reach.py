"""Who received an article: counted by editions, it is what the letters that went out say."""

from __future__ import annotations

import email
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from email import policy

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models import migrations
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Edition, Link
from models.issues import issue as issues
from models.issues import workflow
from models.issues.article import Article
from models.issues.block import ArticleCard, Block, Only, Prose, RankingEntry
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscription
from models.reports import period, ranking, reach
from models.reports.ranking import Measure, Query
from models.store import clock, db, token
from models.store.token import Purpose
from models.tracking import readership
from models.tracking.readership import ALL_AUDIENCES
from tests.sample import make_article, make_newsletter
from worker.preparing import prepare

from ..issue_sending import ChangeSettings, add_readers, smtp_server, take_turns, url
from ..smtp.server import Server

pytestmark = pytest.mark.usefixtures("own_services")

CONDITIONS = (
    Only(),
    Only(audiences=("official",)),
    Only(audiences=("citizen",)),
    Only(topics=("dx",)),
    Only(audiences=("official",), topics=("rpa", "privacy")),
)
OFFICIALS = CONDITIONS[1]
ARTICLES = ("always", "a", "b", "c", "d")


def make_sample(readers: int, draw: random.Random | None = None, **values: object) -> int:
    """A newsletter with articles and readers: with drawn audiences and topics, else officials and citizens in turn."""
    with db.session_scope() as session:
        home = make_newsletter(session, approvals_needed=0, **values)
        for slug in ARTICLES:
            make_article(session, home, slug, f"記事{slug}", address=f"https://city.example.jp/{slug}")
        add_readers(session, home.id, readers, ("town.example",))
        audiences, topics = [one.id for one in home.audiences], [one.id for one in home.topics]
        for place, one in enumerate(session.scalars(select(Subscription).order_by(Subscription.id))):
            one.audience_id = draw.choice([*audiences, None]) if draw else audiences[place % 2]
            one.topic_ids = draw.sample(topics, draw.randrange(3)) if draw else []
        return home.id


def prepared(newsletter: int, blocks: Sequence[Block]) -> int:
    """An issue whose letters are ready."""
    with db.session_scope() as session:
        issue = issues.create(session, session.get_one(Newsletter, newsletter), subject="窓口", blocks=blocks)
        workflow.submit(session, issue, "test")
        workflow.schedule(session, issue, clock.now(), "test")
        number = issue.id
    prepare.prepare(number)
    return number


def drawn_block(slug: str, draw: random.Random) -> Block:
    """An article as a card, in a sentence, or in the news of a ranking's place: to some readers, or to all."""
    only, words = draw.choice(CONDITIONS), f"[続き](article:{slug})"
    kind = draw.randrange(3)
    if kind == 0:
        return ArticleCard(article=slug, only=only)
    if kind == 1:
        return Prose(text=f"詳しくは{words}をご覧ください。", only=only)
    return RankingEntry(place=1, article="always", news=(Prose(text=words, only=draw.choice(CONDITIONS)),), only=only)


def copies_with_articles(session: Session, server: Server) -> dict[int, set[tuple[int, int]]]:
    """By article: issue and reader of each letter that the server took and that links to it."""
    rows = session.execute(select(Link.issue_id, Link.number, Link.article_id))
    article_of = {(issue, number): article for issue, number, article in rows}
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for letter in server.accepted:
        message = email.message_from_bytes(letter.data, policy=policy.default)
        body = "".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
        for number, stamped in re.findall(r"/c/(\d+)/([\w-]{32})", body):
            claim = token.read(Purpose.CLICK, stamped)
            if article := article_of[claim.issue, int(number)]:
                found[article].add(claim)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_received_is_what_letters_that_went_out_say(change_settings: ChangeSettings, seed: int) -> None:
    """Several issues, conditions of every kind, late bounces, letters of which nobody knows, readers who changed."""
    draw = random.Random(seed)
    newsletter = make_sample(40, draw)
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        for _ in range(3):
            blocks = [drawn_block(slug, draw) for slug in draw.sample(ARTICLES[1:], 3)]
            take_turns(prepared(newsletter, [Prose(text="こんにちは。"), *blocks]))
        with db.session_scope() as session:
            copies = copies_with_articles(session, server)
            assert len(copies) >= 3
            deliveries = session.scalars(select(Delivery).order_by(Delivery.issue_id, Delivery.subscriber_id)).all()
            for one in draw.sample(deliveries, 15):
                one.state = draw.choice((DeliveryState.BOUNCED, DeliveryState.UNKNOWN))
            session.execute(update(Subscription).values(audience_id=None))
            session.flush()
            counts = {(d.issue_id, d.subscriber_id): d for d in deliveries if d.state is DeliveryState.ACCEPTED}
            scopes = {ALL_AUDIENCES, *(d.audience_id for d in deliveries if d.audience_id)}
            for carried in (reach.carriers_of_articles(session, copies), None):
                if carried is None:  # once more, by the numbers that the worker keeps
                    carried = reach.carriers_of_articles(session, copies)
                    reach.refresh(session, sorted({one.issue_id for one in deliveries}))
                for scope in scopes:
                    expected = {
                        article: len({
                            reader for issue, reader in theirs
                            if (found := counts.get((issue, reader))) and scope in (ALL_AUDIENCES, found.audience_id)
                        })
                        for article, theirs in copies.items()
                    }  # fmt: skip
                    assert reach.of_articles(session, carried, scope) == expected


def test_an_article_for_officials_alone_keeps_its_place(change_settings: ChangeSettings) -> None:
    """As it was reported: 720 readers, of whom 360 got the article; its rate is the highest of six, not the lowest."""
    newsletter = make_sample(720)
    with db.session_scope() as session:
        home = session.get_one(Newsletter, newsletter)
        make_article(session, home, "e", "記事e", address="https://city.example.jp/e")
    slugs = ["a", "b", "c", "d", "e"]
    issue = prepared(
        newsletter, [ArticleCard(article="always", only=OFFICIALS), *(ArticleCard(article=slug) for slug in slugs)]
    )
    with db.session_scope() as session:
        session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED, at=clock.now()))
        found = session.get_one(Issue, issue)
        officials = [one for one in found.newsletter.audiences if one.slug == "official"]
        query = select(Delivery.subscriber_id).where(Delivery.audience_id == officials[0].id)
        readers = session.scalars(query.order_by(Delivery.subscriber_id)).all()
        day, span = clock.today(), period.free(clock.today(), clock.today() + timedelta(days=1))
        articles = {row.slug: row.id for row in session.execute(select(Article.slug, Article.id))}
        read = [
            (articles[slug], reader, day, officials[0].id, 1, 0)
            for place, slug in enumerate(("always", *slugs))
            for reader in readers[: 10 + place]
        ]
        readership.apply_changes(session, read)
        for audience, received in (("", 360), ("official", 360)):
            found_places = ranking.compute(session, Query("ict", span, audience, measure=Measure.RATE)).places
            by_slug = {place.slug: place for place in found_places}
            assert (by_slug["always"].readers, by_slug["always"].received) == (10, received)
            assert by_slug["e"].received == (360 if audience else 720)
        first = ranking.compute(session, Query("ict", span, measure=Measure.RATE)).places[0]
        assert (first.slug, first.rate) == ("always", 10 / 360)
        citizens = ranking.compute(session, Query("ict", span, "citizen", measure=Measure.RATE)).places
        assert "always" not in {place.slug for place in citizens}


@pytest.mark.parametrize("tracking", [Tracking.INDIVIDUAL, Tracking.OFF])
def test_the_upgrade_reads_links_from_editions_that_were_sent(own_services: None, tracking: Tracking) -> None:
    newsletter = make_sample(40, random.Random(1), tracking=tracking)
    draw = random.Random(5)
    prepared(newsletter, [ArticleCard(article="d"), *(drawn_block(slug, draw) for slug in ARTICLES[:3])])
    prepared(newsletter, [ArticleCard(article="a")])
    query = select(Edition.issue_id, Edition.number, Edition.link_numbers).order_by(Edition.issue_id, Edition.number)
    with db.session_scope() as session:
        reach.refresh(session, session.scalars(select(Issue.id).order_by(Issue.id)).all())
        before = [tuple(row) for row in session.execute(query)]
        assert len({str(numbers) for _, _, numbers in before}) > 3
        session.execute(text("ALTER TABLE edition DROP COLUMN link_numbers"))
        session.flush()
        script = ScriptDirectory.from_config(migrations.configuration()).get_revision("0013")
        with Operations.context(MigrationContext.configure(session.connection())):
            script.module.upgrade()
        after = [tuple(row) for row in session.execute(query)]
        if tracking is Tracking.OFF:  # a bare address in a card and in a sentence is one address
            addresses = {(row.issue_id, row.number): row.url for row in session.scalars(select(Link))}
            before, after = (
                [(issue, number, {addresses[issue, one] for one in links or ()}) for issue, number, links in rows]
                for rows in (before, after)
            )
        assert after == before
        again = session.scalars(
            select(reach.Reach.issue_id).where(reach.Reach.counted_at < clock.now() - timedelta(days=9))
        )
        assert set(again) == {before[0][0]}, "issues with several editions are counted again, and no others"
