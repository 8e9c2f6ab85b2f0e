"""A copy of an issue is numbered and dated for its own month."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueKind
from models.issues.starting import draft_copy, issue_template
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock
from models.store.errors import Invalid
from tests.sample import make_newsletter

NOVEMBER = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("みなと市だより 第12号（2026年11月）", "みなと市だより 第13号（2026年12月）"),
        ("みなと市だより 第１２号　１１月号", "みなと市だより 第１３号　１２月号"),
        ("【令和8年11月】市政だより vol.12", "【令和8年12月】市政だより vol.13"),
        ("令和８年 １１月のお知らせ #12", "令和８年 １２月のお知らせ #13"),
        ("11月3日のつどいと11月のごみ収集", "11月3日のつどいと12月のごみ収集"),
        ("2025年11月の振り返り 第112号", "2025年11月の振り返り 第112号"),
        ("News of November 2026, No. 12", "News of December 2026, No. 13"),
        ("お知らせ", "お知らせ"),
    ],
)
def test_number_and_month_are_moved_on_where_they_stand(session: Session, subject: str, wanted: str) -> None:
    with clock.moved(NOVEMBER - clock.now()):
        source = issues.create(session, make_newsletter(session), subject=subject, number=12, dated=date(2026, 11, 30))
        found = draft_copy.moved(session, source)
    assert (found.number, found.subject, found.dated) == (13, wanted, date(2026, 12, 30))


def test_a_copy_is_for_the_month_after_the_latest_but_never_for_one_that_is_over(session: Session) -> None:
    author = members.create(session, "author@example.jp", "佐藤", {Role.AUTHOR})
    newsletter = make_newsletter(session)
    with clock.moved(NOVEMBER - clock.now()):
        old = issues.create(session, newsletter, subject="2025年12月号", dated=date(2025, 12, 31),
                            audience="official", kind=IssueKind.RANKING, blocks=(Prose(text="本文"),))  # fmt: skip
        assert draft_copy.moved(session, old).subject == "2026年11月号", "months were left out since"
        issues.create(session, newsletter, subject="第2号", dated=date(2027, 1, 5))
        made = draft_copy.copy(session, old, author)
    assert (made.subject, made.dated, made.number) == ("2027年2月号", date(2027, 2, 28), 3)
    assert (made.kind, made.audience, made.blocks) == (IssueKind.REGULAR, "official", old.blocks)
    assert made.author_id == author.id


def test_templates_have_names_of_their_own(session: Session) -> None:
    author = members.create(session, "author@example.jp", "佐藤", {Role.AUTHOR})
    newsletter = make_newsletter(session)
    one = issues.create(session, newsletter, subject="毎月", dated=date(2026, 1, 1), blocks=(Prose(text="本文"),))
    kept = issue_template.keep(session, one, " 毎月の号 ", author)
    one.edit(subject="変えた")
    made = issue_template.begin(session, kept, author)
    assert (made.subject, made.dated, made.blocks, made.number) == ("毎月", None, one.blocks, 2)
    for wrong in ("毎月の号", "", "　", "あ" * 101):
        with pytest.raises(Invalid):
            issue_template.keep(session, one, wrong, author)
    issue_template.rename(session, kept, "別の名前", author)
    issue_template.keep(session, one, "毎月の号", author)
    with pytest.raises(Invalid, match="別の名前"):
        issue_template.rename(session, issue_template.list_all(session, newsletter.id)[1], "別の名前", author)
    issue_template.delete(session, kept, author)
    assert [other.name for other in issue_template.list_all(session, newsletter.id)] == ["毎月の号"]
