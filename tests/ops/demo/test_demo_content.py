"""The demo's content: all of it is imported, and preflight finds nothing wrong with it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import Block, Prose, RankingEntry
from models.issues.calendar import office_day
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.readers.subscriber import Subscription, SubscriptionState
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock
from models.store.errors import Invalid
from ops.demo import circulation, past, ranking_issue, seed, state, year
from templates import preflight
from tests.conftest import set_environment
from tests.sample import make_reader


@pytest.fixture
def home(session: Session) -> Newsletter:
    """The demo's newsletter with its articles."""
    made = seed.ensure_newsletter(session)
    for file in seed.articles():
        seed.ensure_article(session, file)
    return made


def test_every_article_is_in_one_issue_and_has_its_news() -> None:
    carried = [file.stem for file in seed.articles()]
    there = {file.stem for file in (seed.CONTENT / "articles").glob("*.md")}
    assert len(carried) == len(set(carried)) >= 24
    assert set(carried) == there == {file.stem for file in (seed.CONTENT / "news").glob("*.md")}


def test_content_is_added_once(session: Session, home: Newsletter, tmp_path: Path) -> None:
    kept = state.DemoState(tmp_path / "demo.json")
    seed.ensure_staff(session, kept)
    assert circulation.take_list(session, circulation.addresses(100)) == 100
    passwords = [login.password for login in kept.staff]
    for _ in range(2):
        seed.ensure_staff(session, kept)
        assert circulation.take_list(session, circulation.addresses(100)) == 0
    assert [login.password for login in kept.staff] == passwords
    assert session.scalar(select(func.count()).select_from(Member)) == len(Role)
    active = select(func.count()).select_from(Subscription).where(Subscription.state == SubscriptionState.ACTIVE)
    assert session.scalar(active) == 100
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_months_lie_behind_us_a_month_apart(session: Session, home: Newsletter) -> None:
    days = [seed.issue_date(number) for number in range(1, len(seed.issues()) + 1)]
    assert len(days) in (11, 12)
    assert days[-1] < clock.today() < days[0] + timedelta(days=372)
    assert all(24 <= (after - before).days <= 38 for before, after in pairwise(days))
    assert all(office_day.is_office_day(day) for day in days)
    for article in session.scalars(select(Article)):
        assert article.published_on is not None
        assert article.published_on < clock.today()


def test_the_ranking_is_read_by_today() -> None:
    """Whatever day it is: it goes out after the correction, and its first readers have had their day."""
    for today in (date(2026, 1, 1) + timedelta(days=place) for place in range(366)):
        corrected = seed.issue_date(year.CORRECTED, today) + year.CORRECTED_AFTER
        at = ranking_issue.drawn_at(today)
        assert past.moment(corrected, 12) < at < past.moment(today, 0)
        assert office_day.is_office_day(clock.tokyo_date(at)) or clock.tokyo_date(at) == corrected


def test_nothing_is_wrong_with_the_monthly_issues(session: Session, home: Newsletter, tmp_path: Path) -> None:
    make_reader(session, home)  # an issue for nobody is an error of its own
    seed.ensure_staff(session, state.DemoState(tmp_path / "demo.json"))
    for file in seed.issues():
        issue = seed.ensure_draft(session, file)
        assert seed.ensure_draft(session, file) is issue
        assert findings(session, issue) == []


def test_nothing_is_wrong_with_what_is_new(session: Session, home: Newsletter) -> None:
    make_reader(session, home)  # an issue for nobody is an error of its own
    files = seed.articles()
    for first in range(0, len(files), 5):
        slugs = [file.stem for file in files[first : first + 5]]
        entries = [
            RankingEntry(place=place, article=slug, recap=recap(session, slug), news=ranking_issue.news(session, slug))
            for place, slug in reversed(list(enumerate(slugs, 1)))
        ]
        blocks: tuple[Block, ...] = (Prose(text="一年間によく読まれた記事をご紹介します。"), *entries)
        issue = issues.create(session, home, kind=IssueKind.RANKING, subject="よく読まれた記事", blocks=blocks)
        issue.edit(preheader="第5位から第1位までをご紹介します。", dated=clock.today())
        assert findings(session, issue) == []


def recap(session: Session, slug: str) -> str:
    """What the article says of itself."""
    return session.scalars(select(Article.recap).where(Article.slug == slug)).one()


def findings(session: Session, issue: issues.Issue) -> list[str]:
    """What preflight finds, in words."""
    return [f"{one.where.name()}: {one.message()}" for one in preflight.check_issue(session, issue)]


def test_case_d9_where_nothing_can_be_kept_the_demo_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file where the folder should be")
    with pytest.raises(Invalid, match=r"cannot be written: .* Set KAIRAN_DATA .* docker compose exec web kairan demo"):
        state.DemoState(tmp_path / "demo" / "demo.json").save()


def test_what_an_older_version_kept_is_found(tmp_path: Path) -> None:
    before = settings.get().kairan_data
    (tmp_path / "demo.json").write_text('{"staff": [], "read": true, "finished": true}')
    try:
        set_environment(KAIRAN_DATA=str(tmp_path))
        found = state.load()
    finally:
        set_environment(KAIRAN_DATA=str(before))
    assert (found.finished, found.path) == (True, tmp_path / "demo" / "demo.json")
