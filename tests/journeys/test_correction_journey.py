"""Staff stop a wrong issue on its way, put it right and go on: in a browser, each with the role that it needs."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.deliveries.edition import Edition
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.clock import now
from ops.run.child_process import ChildProcess
from templates.content import digest
from tests.journeys.received_letters import text_of
from tests.sample import make_newsletter, make_reader
from tests.servers import Caught, SmtpCatcher
from tests.web.staff_login import address_of, log_in_browser, make_staff

pytestmark = pytest.mark.journey

READERS = 90
RATE = 1.0
"""Letters a second until the issue is repaired: so slow that it is paused on its way even on a slow machine."""
WRONG, RIGHT = "説明会は3月1日に開きます。", "説明会は3月10日に開きます。"


@pytest.fixture
def issue(live_server: str, celery_worker: ChildProcess) -> Issue:
    """A wrong issue that goes out slowly."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for number in range(READERS):
            make_reader(session, newsletter, f"reader{number}@mail.example")
        author = members.find(session, address_of(Role.AUTHOR))
        made = issues.create(
            session, newsletter, subject="説明会のお知らせ", preheader="日程をお知らせします。",
            blocks=(Prose(text=WRONG),), author_id=author.id, rate=RATE,
        )  # fmt: skip
        workflow.submit(session, made, author)
        workflow.approve(session, made, members.find(session, address_of(Role.APPROVER)), digest.of(session, made))
        workflow.schedule(session, made, now(), "test")
        return made


class StaffBrowser:
    """One browser, in which staff take turns."""

    def __init__(self, page: Page, server: str, issue: Issue) -> None:
        self.page, self.server = page, server
        self.home = f"{server}/staff/issues/{issue.id}"

    def log_in(self, role: Role, page: str = "") -> None:
        """Somebody with this role logs in and opens a page of the issue."""
        self.page.context.clear_cookies()
        log_in_browser(self.page, self.server, address_of(role))
        self.page.goto(self.home + page)

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


def test_a_wrong_issue_is_put_right(issue: Issue, live_server: str, page: Page, smtp_catcher: SmtpCatcher) -> None:
    staff = StaffBrowser(page, live_server, issue)
    while not smtp_catcher.letters:
        page.wait_for_timeout(100)
    staff.log_in(Role.SENDER)
    staff.click("一時停止")
    expect(page.get_by_text("一時停止中")).to_be_visible()

    staff.log_in(Role.AUTHOR, "/edit")
    manuscript = page.get_by_label("原稿")
    manuscript.fill(manuscript.input_value().replace(WRONG, RIGHT))
    staff.click("保存")
    expect(page.get_by_text("保存しました。")).to_be_visible()
    assert page.request.get(f"{live_server}/archive/ict/{issue.number}").status == 503

    staff.log_in(Role.APPROVER)
    staff.click("この内容で承認する")
    expect(page.get_by_text("承認を記録しました。")).to_be_visible()

    staff.log_in(Role.SENDER, "/correction")
    staff.click("未送信のメールに反映する")
    expect(page.get_by_role("button", name="配信を再開する")).to_be_visible()
    out = sum(one.recipients[0].startswith("reader") for one in smtp_catcher.letters)
    staff.click("配信を再開する")
    with db.session_scope() as session:
        issues.get(session, issue.id).rate = None
    while state_of(issue) is not IssueState.SENT:
        page.wait_for_timeout(100)

    # Letters about notifications go to staff, once a minute: a slow run has some of them.
    letters = [one for one in smtp_catcher.letters if one.recipients[0].startswith("reader")]
    assert 0 < out < READERS
    assert len({letter.recipients[0] for letter in letters}) == len(letters) == READERS
    assert [RIGHT in text_of(opened(letter)) for letter in letters] == [False] * out + [True] * (READERS - out)
    assert RIGHT in page.request.get(f"{live_server}/archive/ict/{issue.number}").text()

    staff.log_in(Role.AUTHOR, "/correction")
    expect(page.get_by_text(f"誤った内容のメールは{out}通です")).to_be_visible()
    page.get_by_label("誤りの内容と、正しい内容").fill("日付に誤りがありました。")
    staff.click("訂正号の下書きを作る")
    expect(page.get_by_role("heading", level=1)).to_have_text("【訂正】説明会のお知らせ")
    with Session(db.engine()) as session:
        replaced = session.scalars(select(Edition.superseded_at).order_by(Edition.number)).all()
    assert [moment is None for moment in replaced] == [False, True]


def opened(letter: Caught) -> EmailMessage:
    message = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def state_of(issue: Issue) -> IssueState:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id).state
