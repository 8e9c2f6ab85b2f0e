"""The story of a wrong issue, on real parts: paused midway, repaired, approved, resumed, and corrected."""

from __future__ import annotations

import email
import re
import time
from collections import Counter
from collections.abc import Callable
from email import policy

import pytest
import requests
from sqlalchemy.orm import Session

from models.deliveries import correction, progress
from models.deliveries.delivery import DeliveryState
from models.deliveries.edition import Link
from models.issues import issue as issues
from models.issues import repair, workflow
from models.issues.article import Article
from models.issues.block import ArticleCard, Block, Heading, Only, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.clock import now
from models.store.errors import WrongState
from ops.run.child_process import ChildProcess
from templates.content import digest
from tests.sample import make_article, make_newsletter, make_reader
from tests.servers import Caught, SmtpCatcher

READERS = 300
OFFICIALS = Only(audiences=("official",))


def blocks(day: str, address: str) -> tuple[Block, ...]:
    return (
        Heading(text="説明会のお知らせ"),
        Prose(text=f"説明会は{day}に開きます。[会場の地図を見る]({address})"),
        Prose(text=f"職員の方の受付は{day}の朝に始まります。", only=OFFICIALS),
    )


WRONG = blocks("3月1日", "https://city.example.jp/wrong-map")
RIGHT = blocks("3月10日", "https://city.example.jp/right-map")


def wait_for(what: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def stored(issue_id: int) -> Issue:
    with Session(db.engine()) as session:
        return issues.get(session, issue_id)


def text_of(letter: Caught) -> str:
    body = email.message_from_bytes(letter.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(letter: Caught) -> str:
    body = email.message_from_bytes(letter.content, policy=policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def issue(celery_worker: ChildProcess) -> Issue:
    """A wrong issue for 300 readers, scheduled, and slow enough to be paused on its way."""
    with db.session_scope() as session:
        author = members.create(session, "author@example.jp", "起案", {Role.AUTHOR})
        members.create(session, "approver@example.jp", "決裁", {Role.APPROVER})
        newsletter = make_newsletter(session)
        officials = newsletter.audiences[0].id
        for number in range(READERS):
            subscription = make_reader(session, newsletter, f"reader{number}@mail.example")
            subscription.audience_id = officials if number % 3 == 0 else None
        made = issues.create(session, newsletter, subject="説明会", preheader="日程のお知らせ", blocks=WRONG,
                             author_id=author.id, rate=80.0)  # fmt: skip
        go_out(session, made)
        return made


def go_out(session: Session, issue: Issue) -> None:
    """Submit, approve and schedule."""
    approver = members.find(session, "approver@example.jp")
    workflow.submit(session, issue, "test")
    workflow.approve(session, issue, approver, digest.of(session, issue))
    workflow.schedule(session, issue, now(), "test")


def pause(issue: Issue, catcher: SmtpCatcher, after: int) -> int:
    """Pause once so many letters are out; returns how many it were when the last one had left."""
    wait_for(lambda: len(catcher.letters) >= after)
    with db.session_scope() as session:
        workflow.pause(session, issues.get(session, issue.id, lock=True), "test")

    def at_rest() -> bool:
        with Session(db.engine()) as session:
            counts = progress.count(session, issue.id)
        return not counts.get(DeliveryState.SENDING) and counts[DeliveryState.ACCEPTED] == len(catcher.letters)

    wait_for(at_rest)
    return len(catcher.letters)


def ask_for_repair(issue: Issue, **content: object) -> None:
    with db.session_scope() as session:
        one = issues.get(session, issue.id, lock=True)
        repair.change(one, **content)
        with pytest.raises(WrongState):
            workflow.resume(session, one, "test")
        workflow.approve(session, one, members.find(session, "approver@example.jp"), digest.of(session, one))
        repair.request(session, one, "test", digest.of(session, one))


def test_a_wrong_issue_is_put_right(issue: Issue, smtp_catcher: SmtpCatcher, live_server: str) -> None:
    out = pause(issue, smtp_catcher, after=60)
    assert 60 <= out < READERS
    ask_for_repair(issue, blocks=RIGHT, subject="説明会(日付の訂正)")
    wait_for(lambda: not stored(issue.id).in_repair)
    with db.session_scope() as session:
        workflow.resume(session, issues.get(session, issue.id, lock=True), "test")
        issues.get(session, issue.id).rate = None
    wait_for(lambda: stored(issue.id).state is IssueState.SENT)

    letters = list(smtp_catcher.letters)
    readers = Counter(recipient for letter in letters for recipient in letter.recipients)
    assert readers == {f"reader{number}@mail.example": 1 for number in range(READERS)}
    old, new = letters[:out], letters[out:]
    assert all("3月1日" in text_of(letter) and "3月10日" not in text_of(letter) for letter in old)
    assert all("3月10日" in text_of(letter) and "3月1日" not in text_of(letter) for letter in new)
    assert all("日付の訂正" in html_of(letter) for letter in new)
    for letter in letters:
        number = int(letter.recipients[0].removeprefix("reader").partition("@")[0])
        assert ("職員の方の受付" in text_of(letter)) is (number % 3 == 0)
    check_links(issue, old[0], new[0])
    check_click(issue, old[0], live_server)
    check_correction(issue, smtp_catcher, {letter.recipients[0] for letter in old})


def check_links(issue: Issue, old: Caught, new: Caught) -> None:
    """Numbers of links in letters that are out keep their meaning; the repaired link has a number of its own."""
    with Session(db.engine()) as session:
        urls = {link.number: link.url for link in correction.list_links(session, issues.get(session, issue.id))}
        honeypots = session.query(Link).filter_by(issue_id=issue.id, kind="honeypot").count()
    assert honeypots == 1
    used = [{int(number) for number in re.findall(r"/c/(\d+)/", html_of(letter))} for letter in (old, new)]
    maps = [{urls[number] for number in numbers if "-map" in urls.get(number, "")} for numbers in used]
    assert maps == [{"https://city.example.jp/wrong-map"}, {"https://city.example.jp/right-map"}]


def check_click(issue: Issue, old: Caught, server: str) -> None:
    """The wrong link of a letter that is out leads to the right address, once staff say so."""
    with Session(db.engine()) as session:
        rows = correction.list_links(session, issues.get(session, issue.id))
    wrong = next(link.number for link in rows if "wrong-map" in link.url)
    path = re.search(rf"/c/{wrong}/[A-Za-z0-9_-]{{32}}", text_of(old))
    assert path

    def leads_to() -> str:
        return requests.get(server + path[0], allow_redirects=False, timeout=10).headers["Location"]

    assert leads_to() == "https://city.example.jp/wrong-map"
    with db.session_scope() as session:
        correction.correct_link(
            session, issues.get(session, issue.id), wrong, "https://city.example.jp/right-map", "test"
        )
    wait_for(lambda: leads_to() == "https://city.example.jp/right-map")


def check_correction(issue: Issue, catcher: SmtpCatcher, wrong: set[str]) -> None:
    """A correction goes to exactly those who got the wrong letter, with its note above everything else."""
    catcher.letters.clear()
    with db.session_scope() as session:
        author = members.find(session, "author@example.jp")
        made = correction.draft(session, issues.get(session, issue.id), "日付に誤りがありました。", author)
        go_out(session, made)
    wait_for(lambda: stored(made.id).state is IssueState.SENT)
    assert Counter(letter.recipients[0] for letter in catcher.letters) == dict.fromkeys(wrong, 1)
    letter = catcher.letters[0]
    for part in (text_of(letter), html_of(letter)):
        assert "日付に誤りがありました。" in part
        assert part.index("日付に誤りがありました。") < part.index("3月10日")
    assert email.message_from_bytes(letter.content, policy=policy.default)["Subject"].startswith("【訂正】")


def test_a_repair_that_cannot_be_rendered_changes_nothing(issue: Issue, smtp_catcher: SmtpCatcher) -> None:
    out = pause(issue, smtp_catcher, after=10)
    ask_for_repair(issue, blocks=(*WRONG[:1], ArticleCard(article="no-such-article"), *WRONG[2:]))
    wait_for(lambda: stored(issue.id).trouble != "")
    found = stored(issue.id)
    assert "no-such-article" in found.trouble
    assert (found.state, found.in_repair, found.repair_asked_at) == (IssueState.PAUSED, True, None)
    with Session(db.engine()) as session:
        assert [row.superseded_at for row in correction.list_editions(session, found)] == [None, None]
    with db.session_scope() as session:
        one = issues.get(session, issue.id, lock=True)
        repair.change(one, blocks=WRONG)
        one.rate = None
        workflow.resume(session, one, "test")
    wait_for(lambda: stored(issue.id).state is IssueState.SENT)
    assert len({letter.recipients[0] for letter in smtp_catcher.letters}) == len(smtp_catcher.letters) == READERS
    assert out < READERS


def test_an_article_mended_meanwhile_comes_into_the_letters_case_b1(issue: Issue, smtp_catcher: SmtpCatcher) -> None:
    """The issue's own content need not change for that."""
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        article = make_article(session, one.newsletter, "guide", "誤った題名", address="https://city.example.jp/guide")
    out = pause(issue, smtp_catcher, after=10)
    ask_for_repair(issue, blocks=(*WRONG[:1], ArticleCard(article="guide"), *WRONG[2:]))
    wait_for(lambda: stored(issue.id).repair_asked_at is None)
    with db.session_scope() as session:
        session.get_one(Article, article.id).title = "正しい題名"
        one = issues.get(session, issue.id, lock=True)
        author = members.find(session, "author@example.jp")
        assert not repair.request(session, one, author, digest.of(session, one)), "nobody has approved the title"
        workflow.approve(session, one, members.find(session, "approver@example.jp"), digest.of(session, one))
        assert repair.request(session, one, "test", digest.of(session, one))
    wait_for(lambda: stored(issue.id).repair_asked_at is None)
    with db.session_scope() as session:
        one = issues.get(session, issue.id, lock=True)
        one.rate = None
        workflow.resume(session, one, "test")
    wait_for(lambda: stored(issue.id).state is IssueState.SENT)
    assert all("正しい題名" in text_of(letter) for letter in smtp_catcher.letters[out:])
