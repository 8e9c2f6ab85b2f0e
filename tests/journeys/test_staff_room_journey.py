"""One issue's way through the staff room, from an empty installation to the reader's letter, by people in browsers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff import first_member
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock, db
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_about, letter_to, link_in, text_of
from tests.journeys.test_block_editor_journey import Writer, write_every_block
from tests.journeys.test_signup_journey import THINKING
from tests.journeys.test_staff_journey import BOSS, choose_password, invite, make_a_newsletter, set_up_app
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher
from tests.web.staff_login import PASSWORD, log_in_browser
from tests.worker.test_issue_from_schedule_to_reader import wait_for

pytestmark = pytest.mark.journey

READER = "hanako@example.jp"
AUTHOR, CHIEF, DIRECTOR, SENDER = (f"{name}@example.jp" for name in ("yamada", "sato", "suzuki", "tanaka"))
STAFF = {
    AUTHOR: ("情報政策課 山田主査", "author"),
    CHIEF: ("情報政策課 佐藤課長", "approver"),
    DIRECTOR: ("総務部 鈴木部長", "approver"),
    SENDER: ("広報課 田中主任", "sender"),
}
SUBJECT = "三月の窓口だより"
REASON = "いつまでに見ればよいかを書いてください。"
WORDS = "見落とさないでください。"
CHANGED = "三月末日までにご覧ください。"


class Office:
    """The site, and for each person a browser of their own."""

    def __init__(self, site: str, browser: Browser, catcher: SmtpCatcher, *, scripts: bool = True) -> None:
        self.site, self.browser, self.catcher, self.scripts = site, browser, catcher, scripts
        self.pages: dict[str, Page] = {}

    def new_page(self, address: str) -> Page:
        """A window in a browser that nobody has used yet; it becomes the one of *address*."""
        context = self.browser.new_context(
            locale="ja-JP", viewport={"width": 1280, "height": 900}, java_script_enabled=self.scripts
        )
        self.pages[address] = context.new_page()
        return self.pages[address]

    def answer_bell(self, address: str, said: str) -> Page:
        """The page of the issue, which a person opens from the bell, where it says *said* of it."""
        page = self.pages[address]
        page.goto(f"{self.site}/staff/notifications")
        page.locator(".notification-title a").filter(has_text=said).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
        return page

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@pytest.fixture
def office(
    live_server: str, celery_worker: ChildProcess, browser: Browser, smtp_catcher: SmtpCatcher
) -> Iterator[Office]:
    """An empty installation."""
    opened = Office(live_server, browser, smtp_catcher)
    yield opened
    opened.close()


def settle() -> None:
    """People of the same roles as in the long story, a newsletter, and its reader."""
    with db.session_scope() as session:
        members.create(session, BOSS, "情報政策課長", {Role.ADMINISTRATOR}, PASSWORD)
        for address, (name, role) in STAFF.items():
            members.create(session, address, name, {Role(role)}, PASSWORD)
        make_reader(session, make_newsletter(session, "minato"), READER)


def open_the_office(office: Office) -> None:
    """The first person, a newsletter with a topic, and colleagues of several roles."""
    boss = office.new_page(BOSS)
    boss.goto(office.site + urlsplit(first_member.link()).path)
    boss.fill("#address", BOSS)
    boss.fill("#name", "情報政策課長")
    choose_password(boss)
    log_in_browser(boss, office.site, BOSS)
    set_up_app(boss, office.site)
    make_a_newsletter(boss, office.site)
    boss.goto(f"{office.site}/staff/newsletters/minato/topics")
    row = boss.locator("fieldset.row-new").first
    row.locator("[name^=slug-]").fill("dx")
    row.locator("[name^=name-]").fill("DX推進")
    boss.get_by_role("button", name="保存", exact=True).click()
    expect(boss.get_by_role("status")).to_be_visible()
    for address, (name, role) in STAFF.items():
        invite(boss, office.site, address, name, role)
        invited = office.new_page(address)
        invited.goto(link_in(letter_to(office.catcher, address), "/staff/invitations/"))
        choose_password(invited)
        log_in_browser(invited, office.site, address)


def lay_a_route(page: Page, site: str) -> None:
    """First the chief, then the director."""
    page.goto(f"{site}/staff/newsletters/minato/route")
    for number, (step, address) in enumerate((("課長", CHIEF), ("部長", DIRECTOR)), 1):
        page.locator(f"#name-{number}").fill(step)
        page.locator(f"#needed-{number}").select_option("1")
        row = page.locator("fieldset.row").nth(number - 1)
        row.get_by_label(STAFF[address][0]).check()
    page.get_by_role("button", name="ルートを保存").click()
    expect(page.get_by_role("status")).to_be_visible()


def subscribe(page: Page, office: Office) -> None:
    page.goto(f"{office.site}/subscribe/minato")
    page.get_by_label("メールアドレス").fill(READER)
    page.get_by_label("購読の条件を読み、同意します。").check()
    page.wait_for_timeout(THINKING)
    page.get_by_role("button", name="確認メールを受け取る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("確認メールをご覧ください")
    page.goto(link_in(letter_to(office.catcher, READER), "/confirm/"))
    page.get_by_role("button", name="購読を確認する").click()
    letter_to(office.catcher, READER, count=2)


def write_an_article(page: Page, site: str, slug: str, title: str) -> None:
    page.goto(f"{site}/staff/articles")
    page.get_by_role("link", name="記事を書く").click()
    page.get_by_label("題名").fill(title)
    page.locator("#recap").fill("要点です。")
    page.locator("#body").fill("住民の動線から始めます。")
    page.get_by_label("DX推進").check()
    page.locator("details.filter-more summary").click()
    page.get_by_label("アドレスに使う名前").fill(slug)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def begin_an_issue(page: Page, site: str) -> int:
    """An empty issue with a subject; the browser stands in its editor, or in the manuscript."""
    page.goto(f"{site}/staff/issues/new")
    page.get_by_label("件名").fill(SUBJECT)
    page.get_by_role("button", name="白紙で始める").click()
    with Session(db.engine()) as session:
        return session.scalars(select(Issue.id)).one()


def mend_what_preflight_finds(writer: Writer) -> None:
    """Half-width kana, by the button at their block."""
    page = writer.page
    expect(page.frame_locator(".preview-letter").locator("[role=main]")).to_contain_text("ぜひご登録ください。")
    page.focus("#editor-text")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("ﾊﾟｿｺﾝ教室を開きます。")
    page.get_by_role("button", name="ﾊﾟｿｺﾝ を パソコン に直す").first.click()
    expect(page.locator("#editor-text > .block-prose").first).to_contain_text("パソコン教室を開きます。")


def send_a_test_to_oneself(office: Office, issue_id: int) -> None:
    page = office.pages[AUTHOR]
    page.goto(f"{office.site}/staff/issues/{issue_id}")
    page.get_by_role("link", name="テストメール").click()
    page.get_by_role("button", name="テストメールを送る").click()
    expect(page.get_by_role("status")).to_contain_text(AUTHOR)
    letter = letter_about(office.catcher, AUTHOR, SUBJECT)
    assert str(letter["Subject"]).startswith("【テスト】")
    for words in ("パソコン教室を開きます。", WORDS, "RPAの最初の業務の選び方"):
        assert words in text_of(letter)


def submit(office: Office, issue_id: int, note: str) -> None:
    page = office.pages[AUTHOR]
    page.goto(f"{office.site}/staff/issues/{issue_id}")
    page.get_by_label("起案理由").fill(note)
    page.get_by_role("button", name="決裁を依頼する").click()
    expect(page.get_by_role("status").first).to_contain_text("決裁を依頼しました")


def send_back(page: Page) -> None:
    """With a reason at the notice."""
    page.locator("#remarks summary").click()
    option = page.locator("#remark-block-1 option").filter(has_text=WORDS)
    page.locator("#remark-block-1").select_option(value=option.get_attribute("value"))
    page.locator("#remark-text-1").fill(REASON)
    page.get_by_role("button", name="差し戻す").click()
    expect(page.get_by_role("status").first).to_contain_text("起案者に差し戻しました")


def approve(office: Office, address: str) -> None:
    page = office.answer_bell(address, "決裁")
    expect(page.frame_locator("iframe.letter").locator("body")).to_contain_text(CHANGED)
    page.get_by_role("button", name="この内容で承認する").click()
    expect(page.get_by_role("status").first).to_contain_text("承認を記録しました")


def issue(issue_id: int) -> Issue:
    with Session(db.engine()) as session:
        return session.get_one(Issue, issue_id)


def drag_into_the_calendar(page: Page, site: str, day: date) -> None:
    page.goto(f"{site}/staff/calendar?month={day:%Y-%m}")
    page.locator(".calendar-waiting .entry").drag_to(page.locator(f"td[data-day='{day}']"))
    page.get_by_role("button", name="この日時で1人への配信を予約する").click()
    expect(page.locator(f"td[data-day='{day}']")).to_contain_text(SUBJECT)


def let_its_time_come(issue_id: int) -> None:
    with db.session_scope() as session:
        session.execute(update(Issue).where(Issue.id == issue_id).values(scheduled_at=clock.now()))
    wait_for(lambda: issue(issue_id).state is IssueState.SENT)


def the_reader_has_what_was_approved(office: Office) -> None:
    text = text_of(letter_about(office.catcher, READER, SUBJECT))
    for words in (CHANGED, "パソコン教室を開きます。", "RPAの最初の業務の選び方"):
        assert words in text
    assert WORDS not in text


def test_from_an_empty_installation_to_the_letter(office: Office) -> None:
    open_the_office(office)
    lay_a_route(office.pages[BOSS], office.site)
    subscribe(office.new_page(READER), office)
    author = office.pages[AUTHOR]
    for slug, title in (("rpa", "RPAの最初の業務の選び方"), ("cloud", "クラウドの費用を分けて考える")):
        write_an_article(author, office.site, slug, title)
    issue_id = begin_an_issue(author, office.site)
    author.goto(f"{office.site}/staff/issues/{issue_id}/write")
    writer = Writer(author)
    write_every_block(writer)
    mend_what_preflight_finds(writer)
    writer.save()
    send_a_test_to_oneself(office, issue_id)

    submit(office, issue_id, "三月の定例号です。")
    chief = office.answer_bell(CHIEF, "決裁")
    expect(chief.get_by_text("三月の定例号です。").first).to_be_visible()
    send_back(chief)
    office.answer_bell(AUTHOR, "差し戻")
    expect(author.locator(".remark-list")).to_contain_text(REASON)
    author.get_by_role("link", name="編集", exact=True).click()
    author.locator("#editor-text").get_by_text(WORDS).click(click_count=3)
    author.keyboard.insert_text(CHANGED)
    writer.save()

    submit(office, issue_id, "期日を書きました。")
    approve(office, CHIEF)
    assert issue(issue_id).state is IssueState.IN_REVIEW
    approve(office, DIRECTOR)
    assert issue(issue_id).state is IssueState.APPROVED
    drag_into_the_calendar(office.pages[SENDER], office.site, clock.today() + timedelta(days=1))
    let_its_time_come(issue_id)
    the_reader_has_what_was_approved(office)
