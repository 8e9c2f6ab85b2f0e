"""The whole job, by real parts: a sign-up becomes a reader, a letter a click, clicks a ranking, a ranking a letter."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.manuscript import import_issue
from models.reports import ranking
from models.reports.period import year
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.clock import today
from ops.run import programs
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_to, link_in, text_of
from tests.journeys.test_signup_journey import ADDRESS, fill_in
from tests.sample import make_article, make_newsletter
from tests.servers import SmtpCatcher
from tests.worker.test_issue_from_schedule_to_reader import wait_for

pytestmark = pytest.mark.journey

PASSWORD = "a long enough password"
NEWS = "新しい手引が公表されました。"
ISSUE = """---
newsletter: ict
subject: 今月の窓口の話題
preheader: 手書きをなくす工夫を一つご紹介します。
---

今月も自治体ICTの話題をお届けします。

::: article counter
:::
"""


@pytest.fixture
def site(live_server: str, celery_worker: ChildProcess, tmp_path: Path) -> str:
    """The address of the site, with a newsletter, an article, staff, and an issue that came from a file."""
    manuscript = tmp_path / "issue.md"
    manuscript.write_text(ISSUE, encoding="utf-8")
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_article(
            session,
            newsletter,
            "counter",
            "書かない窓口の始め方",
            recap="住民の動線から始める進め方です。",
            body="最初に住民の動きを紙に書きます。",
        )
        for role in (Role.AUTHOR, Role.APPROVER, Role.SENDER):
            members.create(session, f"{role.value}@example.jp", role.value, {role}, PASSWORD)
        import_issue.import_issue(session, manuscript, members.find(session, "author@example.jp"))
    return live_server


def as_staff(page: Page, site: str, role: Role, issue_id: int) -> None:
    """Log in and open an issue."""
    page.context.clear_cookies()
    page.goto(f"{site}/staff/login?next=/staff/issues/{issue_id}")
    page.get_by_label("メールアドレス").fill(f"{role.value}@example.jp")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def send(page: Page, site: str, issue_id: int) -> None:
    """Take an issue from draft into the timetable, each step by the person whose it is."""
    as_staff(page, site, Role.AUTHOR, issue_id)
    page.get_by_role("button", name="決裁を依頼する").click()
    as_staff(page, site, Role.APPROVER, issue_id)
    page.get_by_role("button", name="この内容で承認する").click()
    as_staff(page, site, Role.SENDER, issue_id)
    page.get_by_role("link", name="今すぐ配信…").click()
    page.get_by_role("button", name="今すぐ配信する").click()
    wait_for(lambda: issue(issue_id).state is IssueState.SENT)


def issue(issue_id: int) -> Issue:
    """An issue as it is now."""
    with Session(db.engine()) as session:
        return session.get_one(Issue, issue_id)


def newest() -> int:
    """The number of the issue that was made last."""
    with Session(db.engine()) as session:
        return session.scalars(select(Issue.id).order_by(Issue.id.desc()).limit(1)).one()


def readers_of_the_year() -> list[tuple[str, int]]:
    """The year's ranking: slugs with their human readers."""
    with db.session_scope() as session:
        query = ranking.Query(newsletter="ict", period=year(today().year), audience="citizen")
        return [(place.slug, place.readers) for place in ranking.compute(session, query).places]


def agent_of(browser: Browser) -> str:
    """What this browser would say of itself with a window: "headless" would be believed, and so would a lie.

    Its client hints go with it, and an agent of another version or system than theirs is a machine's.
    """
    version = browser.version.partition(".")[0]
    return (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    )


def let_an_hour_pass() -> None:
    """A person reads before they click: to the rules, the letters came an hour ago."""
    with db.session_scope() as session:
        session.execute(update(Delivery).values(at=Delivery.at - timedelta(hours=1)))


def test_from_the_sign_up_form_to_the_next_ranking(
    site: str, browser: Browser, page: Page, smtp_catcher: SmtpCatcher
) -> None:
    fill_in(page, site)
    page.goto(link_in(letter_to(smtp_catcher, ADDRESS), "/confirm/"))
    page.get_by_role("button", name="購読を確認する").click()
    letter_to(smtp_catcher, ADDRESS, count=2)

    send(page, site, newest())
    letter = letter_to(smtp_catcher, ADDRESS, count=3)
    assert letter["Subject"] == "今月の窓口の話題"
    assert "書かない窓口の始め方" in text_of(letter)

    let_an_hour_pass()
    reader = browser.new_context(user_agent=agent_of(browser), locale="ja-JP")
    reading = reader.new_page()
    reading.goto(link_in(letter, "/c/"))
    expect(reading.get_by_role("heading", level=1)).to_have_text("書かない窓口の始め方")
    reader.close()
    wait_for(lambda: readers_of_the_year() == [("counter", 1)])

    words = ("ranking", "--year", str(today().year), "--audience", "citizen", "--draft")
    subprocess.run(programs.kairan(*words), check=True, timeout=60)
    drafted = newest()
    as_staff(page, site, Role.AUTHOR, drafted)
    expect(page.get_by_text("記事の要点のほかに何も書かれていません")).to_be_visible()
    expect(page.get_by_role("button", name="決裁を依頼する")).to_have_count(0)
    page.get_by_role("link", name="編集").click()
    page.get_by_role("link", name="原稿(Markdown)で編集する").click()
    manuscript = page.locator("#text").input_value()
    news = rf"\1\n### 最新動向\n\n{NEWS}\n\n\2"
    filled = re.sub(r"(::: ranking .*?\n)(:::)", news, manuscript, count=1, flags=re.DOTALL)
    page.locator("#text").fill(filled)
    page.get_by_role("button", name="保存").click()
    send(page, site, drafted)

    ranked = letter_to(smtp_catcher, ADDRESS, count=4)
    assert str(today().year) in str(ranked["Subject"])
    for words in ("第1位", "書かない窓口の始め方", NEWS):
        assert words in text_of(ranked)
    page.context.clear_cookies()
    page.goto(f"{site}/archive/ict")
    expect(page.get_by_role("link", name=str(ranked["Subject"]))).to_be_visible()
