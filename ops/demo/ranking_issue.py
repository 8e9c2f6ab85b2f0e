"""The end of the demo's year: the ranking of what officials clicked, with what is new written in, and mailed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import manuscript
from models.issues import workflow
from models.issues.block import Block, Listing, News, RankingEntry, Table
from models.issues.calendar import office_day
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.newsletter import Newsletter
from models.manuscript.nested_block import NEWS
from models.manuscript.source_files import ManuscriptFolder
from models.reports import period, ranking
from models.reports.ranking import Query
from models.reports.ranking_issue import draft
from models.staff.permission import Role
from models.store import clock

from . import mailing, past, preflight_errors, seed, year
from .seed import CONTENT, SLUG, staff

TOP = 5
AUDIENCE = "official"
FIRST_MONTH = 7
"""From this month on the present year's articles are ranked, before it the last year's."""
_HEAD = "---\nsubject: 最新動向\n---\n"


def drawn_at(today: date) -> datetime:
    """When the ranking is drawn: in the afternoon of the last office day before *today*, and after the correction.

    So its readers have read it by today, as they have all the others.
    """
    corrected = seed.issue_date(year.CORRECTED, today) + year.CORRECTED_AFTER
    return past.moment(max(office_day.last_before(today - timedelta(days=1)), corrected), 13)


def mail(session: Session, today: date) -> None:
    """Draw it, have it approved, and mail it an hour later, unless that is done; in one transaction, as others are."""
    at = drawn_at(today)
    with past.at(at):
        issue = ensure_ranking_issue(session)
        if issue.state is IssueState.SENT:
            return
        preflight_errors.refuse_errors(session, issue)
        workflow.submit(session, issue, staff(session, Role.AUTHOR))
    year.let_pass(session, issue, at + timedelta(minutes=30))
    with past.at(at + timedelta(hours=1)):
        mailing.send(session, issue, staff(session, Role.SENDER))


def ensure_ranking_issue(session: Session) -> Issue:
    """The ranking issue of this year, made where there is none, with what is new in every place."""
    issue = session.scalar(
        select(Issue).join(Newsletter).where(Newsletter.slug == SLUG, Issue.kind == IssueKind.RANKING)
    )
    if issue is None:
        found = ranking.compute(session, Query(SLUG, period.year(year_ranked()), audience=AUDIENCE))
        issue = draft(session, found, top=TOP, author=staff(session, Role.AUTHOR))
    if issue.state is IssueState.DRAFT:
        issue.edit(blocks=[_with_news(session, block) for block in issue.blocks], dated=clock.today())
    return issue


def year_ranked() -> int:
    """The year that most of the demo's issues are of: from July on the present one."""
    today = clock.today()
    return today.year if today.month >= FIRST_MONTH else today.year - 1


def _with_news(session: Session, block: Block) -> Block:
    """A place of the ranking with what is new around its figure; any other block as it is."""
    if not isinstance(block, RankingEntry):
        return block
    written = news(session, block.article)
    kept = tuple(part for part in block.news if part not in written)
    # A list belongs to the words before it.
    middle = 2 if len(written) > 1 and isinstance(written[1], Listing | Table) else 1
    return block.model_copy(update={"news": (*written[:middle], *kept, *written[middle:])})


def news(session: Session, slug: str) -> tuple[News, ...]:
    """What has changed since an article, as the demo's authors wrote it."""
    file = CONTENT / "news" / f"{slug}.md"
    found = manuscript.parse(_HEAD + file.read_text("utf-8"), file.name, ManuscriptFolder(session, file).load_image)
    return tuple(block for block in found.blocks if isinstance(block, NEWS))
