"""What the demo starts with: a newsletter, its articles, staff, and a draft for each month."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.calendar import office_day
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.manuscript.import_article import import_article
from models.manuscript.import_issue import import_issue
from models.manuscript.newsletter_file.import_newsletter import import_newsletter
from models.staff import member
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock
from models.store.errors import NotFound

from .state import DemoState, Login

CONTENT = Path(__file__).parent / "content"
SLUG = "jichitai-ict"
STAFF = {
    Role.AUTHOR: ("author@example.jp", "事務局 広報担当"),
    Role.APPROVER: ("approver@example.jp", "事務局長"),
    Role.SENDER: ("sender@example.jp", "事務局 配信担当"),
    Role.ANALYST: ("analyst@example.jp", "事務局 分析担当"),
    Role.ADMINISTRATOR: ("admin@example.jp", "事務局 システム管理担当"),
}


def articles() -> list[Path]:
    """The articles' files, in the order of the issues that carry them."""
    carried = [slug for file in issues() for slug in re.findall(r"^::: article (\S+)$", file.read_text("utf-8"), re.M)]
    return [CONTENT / "articles" / f"{slug}.md" for slug in carried]


def issues() -> list[Path]:
    """The monthly issues' files, the oldest first."""
    return sorted((CONTENT / "issues").glob("*.md"))


def ensure_newsletter(session: Session) -> Newsletter:
    """The newsletter; the second time it changes nothing."""
    return import_newsletter(session, CONTENT / "newsletter.yaml")[0]


def ensure_article(session: Session, file: Path, today: date | None = None) -> Article:
    """One article; it was published some days before the issue that carries it."""
    article, _ = import_article(session, file)
    carrying = f"::: article {file.stem}\n"
    number = next(at for at, issue in enumerate(issues(), 1) if carrying in issue.read_text("utf-8"))
    article.published_on = issue_date(number, today) - timedelta(days=3 + articles().index(file) % 3)
    return article


def ensure_staff(session: Session, state: DemoState) -> None:
    """Somebody for every role. Their passwords are saved before they are set, so that they are never lost."""
    known = {login.address: login for login in state.staff}
    for role, (address, name) in STAFF.items():
        login = known.get(address) or Login(role.value, address, secrets.token_urlsafe(12))
        known[address] = login
        try:
            member.find(session, address)
        except NotFound:
            member.create(session, address, name, {role}, login.password)
    state.staff = list(known.values())
    state.save()


def staff(session: Session, role: Role) -> Member:
    """The member of staff with a role."""
    return member.find(session, STAFF[role][0])


def ensure_draft(session: Session, file: Path, today: date | None = None) -> Issue:
    """The draft of a month, unless it is on its way already."""
    number = int(file.stem)
    home = newsletters.find(session, SLUG)
    known = session.scalar(select(Issue).where(Issue.newsletter_id == home.id, Issue.number == number))
    if known is not None and known.state is not IssueState.DRAFT:
        return known
    issue = import_issue(session, file, staff(session, Role.AUTHOR)).issue
    issue.edit(dated=issue_date(number, today))
    return issue


def issue_date(number: int, today: date | None = None) -> date:
    """The office day on which the monthly issue *number* goes out: about a month apart, the last one some days ago.

    Arguments:
        today: the last day of the demo's year; the present day where None.
    """
    day = (today or clock.today()) - timedelta(days=4 + round((len(issues()) - number) * 365.25 / 12))
    return office_day.last_before(day)
