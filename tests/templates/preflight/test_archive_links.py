"""Links into our own archive are looked up in the database, and never asked for over the network."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

import settings
from models.issues import issue as issues
from models.issues.block import Only, Prose
from models.issues.issue_state import IssueKind
from templates import preflight
from templates.preflight import Finding
from templates.preflight.http_check import Reached, Status
from tests.archive_sample import make_archive
from tests.sample import make_article, make_newsletter, make_reader, make_sent

THERE = ("", "/", "/search?q=窓口", "/1", "/3", "/articles/hosted", "/topics/dx", "/ranking/2025")
NOWHERE = ("/4", "/99", "/articles/gone", "/topics/moon", "/ranking/1999", "/elsewhere")
ELSEWHERE = "https://www.example.lg.jp/boshu"


def findings(session: Session, paths: tuple[str, ...], asked: list[str], *, public: bool = True) -> list[Finding]:
    """What preflight says of an issue, no. 3, that links to *paths* of the archive; *asked* gets what was asked."""
    newsletter = make_newsletter(session, public_archive=public)
    make_archive(session, newsletter)
    make_reader(session, newsletter)  # an issue for nobody is an error of its own
    make_sent(session, newsletter, "順位", kind=IssueKind.RANKING, ranking={"query": {"period": "2025"}})
    home = f"{settings.get().base_url}/archive/ict"
    addresses = [ELSEWHERE, f"{settings.get().base_url}/subscribe/ict", *(home + path for path in paths)]
    text = "\n\n".join(f"[行き先の{number}番目]({address})" for number, address in enumerate(addresses))
    one = issues.create(session, newsletter, subject="行き先", preheader="いろいろ", blocks=(Prose(text=text),))
    session.flush()

    def reach(url: str) -> Reached:
        asked.append(url)
        return Reached(Status.BROKEN, "500")

    return preflight.check_issue(session, one, reach)


def test_what_is_in_the_archive_is_found_and_only_others_are_asked(session: Session) -> None:
    asked: list[str] = []
    assert [found.rule for found in findings(session, THERE, asked)] == ["link.broken"]
    assert asked == [ELSEWHERE]


def test_what_is_nowhere_is_an_error(session: Session) -> None:
    found = [one for one in findings(session, NOWHERE, []) if one.rule == "link.archive"]
    assert [one.values["url"].partition("/archive/ict")[2] for one in found] == list(NOWHERE)
    assert preflight.blocks_approval(found)


def test_an_archive_that_is_not_public_is_nowhere(session: Session) -> None:
    found = [one for one in findings(session, ("/1",), [], public=False) if one.rule == "link.archive"]
    assert [one.values["url"].partition("/archive/ict")[2] for one in found] == ["/1"]


@pytest.mark.parametrize(
    ("only", "audience", "there"),
    [((), "", True), (("official",), "", False), ((), "official", False), (("official",), "official", False)],
)
def test_case_a6_article_that_only_some_readers_are_shown_has_no_page(
    session: Session, only: tuple[str, ...], audience: str, there: bool
) -> None:
    newsletter = make_newsletter(session)
    make_article(session, newsletter, "new", "新しい記事", published_on=None)
    block = Prose(text="[新しい記事の全文](article:new)", only=Only(audiences=only))
    one = issues.create(session, newsletter, subject="題", blocks=(block,), audience=audience)
    session.flush()
    found = [one.rule for one in preflight.check_issue(session, one) if one.rule == "link.archive"]
    assert found == ([] if there else ["link.archive"])
