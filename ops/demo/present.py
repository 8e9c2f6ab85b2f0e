"""The demo's present: for each of its staff something that waits, an issue that goes out next week, a monthly slot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues import newsletter_edit, workflow
from models.issues.calendar import office_day
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.manuscript.import_issue import import_issue
from models.staff.permission import Role
from models.store import clock
from templates.content import digest

from . import past, preflight_errors, year
from .seed import CONTENT, SLUG, staff

SLOT = {
    "name": "月例号",
    "day": "2-tue",
    "time": "10:05",
    "moved": "after",
    "opens": 14,
    "subject": "【自治体ICTだより】{year}年{month}月号",
}
RETURN_NOTE = "質問の数と、いただいたお答えの扱いを、もう少し詳しく書いてください。"
REMARKS = {3: "前文に「五つの質問」とありますが、ここには三つしかありません。数をそろえてください。"}
IN_REVIEW_NOTE = "来月の号です。記事の説明に変わりがないか、見てください。"


def ensure_slot(session: Session) -> None:
    """The slot of the monthly issue, whose draft the timetable opens."""
    home = newsletters.find(session, SLUG)
    newsletter_edit.change(session, home, {"slots": [SLOT]}, staff(session, Role.ADMINISTRATOR))


def ensure_waiting(session: Session) -> None:
    """What waits: a returned draft for the author, one for the approver, an approved one, and next week's issue."""
    returned = _submitted(session, "returned")
    if returned is not None:
        year.send_back(session, returned, RETURN_NOTE, REMARKS)
    _submitted(session, "in-review", IN_REVIEW_NOTE)
    if (approved := _submitted(session, "approved")) is not None:
        _approve(session, approved)
    if (scheduled := _submitted(session, "scheduled")) is not None:
        _approve(session, scheduled)
        day = office_day.first_after(clock.today() + timedelta(days=7))
        workflow.schedule(session, scheduled, past.moment(day, 10, 5), staff(session, Role.SENDER))


def _submitted(session: Session, name: str, note: str = "") -> Issue | None:
    """An issue of the files *coming*, as it is submitted; None where it is there already."""
    file = CONTENT / "coming" / f"{name}.md"
    if _is_there(session, file):
        return None
    issue = import_issue(session, file, staff(session, Role.AUTHOR)).issue
    preflight_errors.refuse_errors(session, issue)
    workflow.submit(session, issue, staff(session, Role.AUTHOR), note)
    return issue


def _is_there(session: Session, file: Path) -> bool:
    subject = next(line for line in file.read_text("utf-8").splitlines() if line.startswith("subject: "))
    query = select(Issue.id).join(Newsletter).where(Newsletter.slug == SLUG)
    return session.scalar(query.where(Issue.subject == subject.removeprefix("subject: "))) is not None


def _approve(session: Session, issue: Issue) -> None:
    assert issue.state is IssueState.IN_REVIEW
    workflow.approve(session, issue, staff(session, Role.APPROVER), digest.of(session, issue))
