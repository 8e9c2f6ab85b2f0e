"""The staff room's story in short, in browsers that run no script: an issue is written as a manuscript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.issues.issue_state import IssueState
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_about, text_of
from tests.journeys.test_block_editor_journey import a_picture, stored
from tests.journeys.test_staff_journey import BOSS
from tests.journeys.test_staff_room_journey import (
    AUTHOR,
    CHANGED,
    CHIEF,
    DIRECTOR,
    READER,
    REASON,
    SENDER,
    STAFF,
    SUBJECT,
    WORDS,
    Office,
    approve,
    begin_an_issue,
    issue,
    lay_a_route,
    let_its_time_come,
    send_a_test_to_oneself,
    send_back,
    settle,
    submit,
    the_reader_has_what_was_approved,
    write_an_article,
)
from tests.servers import SmtpCatcher
from tests.web.staff_login import log_in_browser

pytestmark = pytest.mark.journey

RECAP, NEWS = "最もよく読まれた記事です。", "その後、三つの課に広がりました。"
MANUSCRIPT = f"""
ﾊﾟｿｺﾝ教室を開きます。

## 窓口

- 一つ目
- 二つ目

| 項目 | 値 |
|---|---|
| 参加者 | 120人 |

::: notice
{WORDS}
:::

::: button [申し込む](https://www.example.jp/apply)
:::

::: article rpa
:::

::: ranking 1 rpa
{RECAP}

### 最新動向

{NEWS}
:::

![紺色の四角](FIGURE)
出典: 総務省

::: products
- [研修パック](https://www.example.jp/)
:::

::: topics
- dx
:::

::: search
:::

::: signup
:::
"""


@pytest.fixture
def office(
    live_server: str, celery_worker: ChildProcess, browser: Browser, smtp_catcher: SmtpCatcher
) -> Iterator[Office]:
    """Everybody is logged in, in browsers without scripts."""
    settle()
    opened = Office(live_server, browser, smtp_catcher, scripts=False)
    for address in (BOSS, *STAFF):
        log_in_browser(opened.new_page(address), live_server, address)
    yield opened
    opened.close()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()


def open_manuscript(page: Page) -> None:
    """The block editor says what it needs, and leads on."""
    page.get_by_role("main").get_by_role("link", name="原稿").first.click()
    expect(page.locator("#text")).to_be_visible()


def write_as_manuscript(page: Page) -> None:
    """A picture first, which the manuscript names; then what preflight finds is mended."""
    open_manuscript(page)
    box = page.locator("#text")
    page.set_input_files("#picture", {"name": "図.png", "mimeType": "image/png", "buffer": a_picture()})
    save(page)
    lines = page.locator(".note-good code").text_content() or ""
    named = lines.partition("(")[2].partition(")")[0]
    assert named.endswith(".png"), lines
    box.fill(box.input_value() + MANUSCRIPT.replace("FIGURE", named))
    save(page)
    expect(page.locator(".findings")).to_contain_text("半角カナ")
    page.get_by_role("link", name="編集", exact=True).click()
    open_manuscript(page)
    box.fill(box.input_value().replace("ﾊﾟｿｺﾝ", "パソコン"))
    save(page)
    expect(page.get_by_role("status").first).to_have_text("保存しました。")
    expect(page.get_by_role("main")).not_to_contain_text("半角カナ")


def test_in_short_without_scripts(office: Office) -> None:
    lay_a_route(office.pages[BOSS], office.site)
    author = office.pages[AUTHOR]
    write_an_article(author, office.site, "rpa", "RPAの最初の業務の選び方")
    issue_id = begin_an_issue(author, office.site)
    write_as_manuscript(author)
    send_a_test_to_oneself(office, issue_id)

    submit(office, issue_id, "三月の定例号です。")
    chief = office.pages[CHIEF]
    chief.goto(f"{office.site}/staff/issues/{issue_id}")
    send_back(chief)
    author.goto(f"{office.site}/staff/issues/{issue_id}")
    expect(author.locator(".remark-list")).to_contain_text(REASON)
    author.get_by_role("link", name="編集", exact=True).click()
    open_manuscript(author)
    box = author.locator("#text")
    box.fill(box.input_value().replace(WORDS, CHANGED))
    save(author)
    assert len({one.kind for one in stored(issue_id)}) == 13, "a block of every kind"

    submit(office, issue_id, "期日を書きました。")
    approve(office, CHIEF)
    approve(office, DIRECTOR)
    sender = office.pages[SENDER]
    sender.goto(f"{office.site}/staff/calendar")
    sender.locator(".calendar-waiting .entry-move").click()
    sender.get_by_role("button", name="この日時を確かめる").click()
    sender.get_by_role("button", name="この日時で1人への配信を予約する").click()
    expect(sender.get_by_role("status").first).to_contain_text("配信を予約しました")
    assert issue(issue_id).state is IssueState.SCHEDULED
    let_its_time_come(issue_id)
    the_reader_has_what_was_approved(office)
    letter = text_of(letter_about(office.catcher, READER, SUBJECT))
    assert RECAP in letter
    assert NEWS in letter
