"""Every address of ours in letters, archive, feed, sitemap and single letters leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import settings
from models.deliveries import proposal_letters
from models.deliveries.delivery import Delivery
from models.issues.block import RankingEntry
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers import address_change, preferences, signup, unsubscribe
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber
from models.staff import member as members
from models.store import db
from models.store.clock import now
from models.store.mail_address import parse
from ops.cli import kairan
from templates.content import compose
from templates.content.variant import Variant
from templates.message import mime
from templates.message.stamp import Reader, slot_values
from templates.render import edition as editions
from templates.transactional import kinds, render
from tests.archive_sample import make_archive
from tests.crawl import Crawl, paths, with_client
from tests.sample import make_newsletter, make_reader, make_sent
from tests.servers import ROOT
from tests.web.public.test_web_view import freeze
from tests.web.staff_login import make_staff
from web.app import create_app
from web.track.tracker import Tracker

EXAMPLES = ROOT / "examples"


@pytest.fixture
def crawl(database: Engine, redis_client: object) -> Iterator[Crawl]:
    app = create_app()
    base = settings.get().base_url
    yield Crawl(base, with_client(app.test_client(use_cookies=False), base))
    cast(Tracker, app.wsgi_app).close()


def mailed(session: Session, issue: Issue, reader: Subscriber) -> bytes:
    """The letter of an issue to a reader, as it goes out."""
    freeze(session, issue, 1)
    session.add(Delivery(issue_id=issue.id, subscriber_id=reader.id, edition=1, lane_id=1))
    letter = compose.compose(session, issue, Variant.of_reader(issue, audience=""))
    to = Reader(reader.id, reader.address or "", reader.name)
    message = editions.render(letter).message
    return mime.write(message, slot_values(to, issue.id, mime.date_value(now()))).raw


def single_letters(session: Session) -> list[bytes]:
    """Everything that waits in the outbox, as it would go out."""
    return [
        render.render(
            one.kind, one.language, one.values, to=one.address, number=one.id, moment=now(),
            sender=compose.sender(session.get_one(Newsletter, one.newsletter_id)),
        ).raw
        for one in session.scalars(select(TransactionalLetter))
    ]  # fmt: skip


def post_every_single_letter(session: Session, newsletter: Newsletter, issue: Issue) -> None:
    """Each kind, by what causes it; each to a reader of its own, as some of them end what others began."""
    readers = {name: make_reader(session, newsletter, f"{name}@example.jp", name="花子") for name in "cdefg"}
    for name in "abc":
        signup.sign_up(session, newsletter, parse(f"{name}@example.jp"), Profile(), agreed="同意の文")
    links = [one.values["link"] for one in session.scalars(select(TransactionalLetter)) if one.kind == "confirmation"]
    signup.confirm(session, links[1].rpartition("/")[2])
    for name in "de":
        address_change.request(session, readers[name].subscriber, parse(f"{name}-new@example.jp"))
    asked = session.scalars(select(TransactionalLetter).where(TransactionalLetter.kind == "address_change"))
    changes = [one.values["link"] for one in asked]
    address_change.confirm(session, changes[1].rpartition("/")[2])
    preferences.request_fresh_link(session, readers["f"])
    preferences.request_own_data(session, readers["f"])
    preferences.request_erasure(session, readers["f"])
    unsubscribe.unsubscribe(session, readers["g"], source="page")
    unsubscribe.post_goodbye(session, readers["g"])
    proposer = members.find(session, "author@example.jp")
    what = {"number": "1", "before": "https://wrong.example/a", "after": "https://right.example/"}
    proposal_letters.tell_proposed(session, issue, proposer, **what)
    proposal_letters.tell_decided(session, issue, proposer, "approved", **what)


def test_no_link_of_ours_is_dead(crawl: Crawl) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_staff(session)
        issue = make_archive(session, newsletter)
        entries = [RankingEntry(place=1, article="hosted", readers=9), RankingEntry(place=2, article="elsewhere")]
        make_sent(session, newsletter, "順位", *entries, kind=IssueKind.RANKING, ranking={"query": {"period": "2025"}})
        blocks = [block for block in issue.blocks_json if block.get("article") != "deleted-since"]
        issue.blocks_json = blocks
        reader = make_reader(session, newsletter).subscriber
        crawl.letter(mailed(session, issue, reader))
        post_every_single_letter(session, newsletter, issue)
        kept = {one.kind for one in session.scalars(select(TransactionalLetter))}
        of_staff = {"staff_invitation", "staff_password", "staff_login_failures", "relay_test", "account_changed",
                    "staff_notifications"}  # fmt: skip
        assert kept == set(kinds.KINDS) - of_staff
        for raw in single_letters(session):
            crawl.letter(raw)
    crawl.walk(f"{crawl.base}/", f"{crawl.base}/robots.txt", f"{crawl.base}/sitemap.xml")
    assert crawl.dead == []
    for path in ("/archive/ict/1", "/archive/ict/feed.atom", "/archive/ict/topics/dx", "/archive/ict/articles/hosted"):
        assert f"{crawl.base}{path}" in crawl.seen
    kinds_of_pages = {"v", "u", "p", "c", "o", "i", "confirm", "address", "erase", "data", "staff", "subscribe"}
    assert kinds_of_pages <= set(paths(crawl.seen))


def test_no_link_of_the_example_is_dead(crawl: Crawl, tmp_path: Path) -> None:
    for words in (("newsletter", "create", "newsletter.yaml"), ("newsletter", "create", "look.yaml"),
                  ("article", "import", "articles"), ("issue", "import", "issue.md")):  # fmt: skip
        done = CliRunner().invoke(kairan, [*words[:2], str(EXAMPLES / words[2])])
        assert done.exit_code == 0, done.output
    with db.session_scope() as session:
        issue = session.scalars(select(Issue)).one()
        issue.state, issue.prepared_at, issue.sent_at = IssueState.SENT, now(), now()
        crawl.letter(mailed(session, issue, make_reader(session, issue.newsletter).subscriber))
    crawl.walk(f"{crawl.base}/", f"{crawl.base}/sitemap.xml")
    assert crawl.dead == []
    assert f"{crawl.base}/archive/kurashi/1" in crawl.seen


def test_a_dead_link_would_be_found(crawl: Crawl) -> None:
    with db.session_scope() as session:
        make_sent(session, make_newsletter(session), "号")
    links = b'<a href="%s/gone">x</a><a href="#nowhere">y</a><a href="/z">z</a>'
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + links
    crawl.letter(raw % crawl.base.encode())
    crawl.walk(f"{crawl.base}/")
    assert sorted(one.why for one in crawl.dead) == ["404", "is no whole address", "no such place in the letter"]


def test_the_sitemap_lists_what_is_public_and_nothing_else(database: Engine, redis_client: object) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_archive(session, newsletter)
        make_sent(session, newsletter, "職員への号", audience="official")
        make_sent(session, newsletter, "取りやめ").state = IssueState.CANCELLED
        closed = make_newsletter(session, "closed", public_archive=False)
        make_sent(session, closed, "閉じた号")
    client: FlaskClient = create_app().test_client()
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    root = ElementTree.fromstring(answer.get_data())
    base = settings.get().base_url
    found = {loc.text.removeprefix(base) for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    home = "/archive/ict"
    assert found == {home, f"{home}/1", f"{home}/articles/hosted", f"{home}/topics/dx"}
    assert f"Sitemap: {base}/sitemap.xml" in client.get("/robots.txt").text
