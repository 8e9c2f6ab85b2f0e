"""The demo's year: a month after the other, readers come, an issue is written, approved and mailed, and some leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.deliveries import correction
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.staff.permission import Role
from models.store import db
from templates.content import digest

from . import circulation, mailing, past, personas, preflight_errors, seed
from .seed import SLUG, staff

BEGINS = 16
"""Days before its first issue on which the newsletter begins."""
SENT_BACK, PAUSED, CORRECTED = 4, 9, 12
"""The issues that came back from the approver, that was stopped on its way, and that was corrected: the last one."""
CORRECTED_AFTER = timedelta(days=1)
RETURN_NOTE = "内容はこれで結構です。指摘した段落だけ直して、もう一度お送りください。"
REMARKS = {
    1: "「今月は」の前に、どの課に向けた話題かを一言入れてください。",
    3: "この記事の図は、携帯電話でも読めますか。確かめてください。",
}
RESUBMITTED = "ご指摘の二か所を確かめ、書き出しを直しました。"
ADDED = "情報政策と窓口を担当する皆さまへ。"
WRONG = "先日お届けした号で、お問い合わせ先の課の名前に誤りがありました。正しくは「総務課」です。お詫びして訂正します。"


def first_moment(today: date) -> datetime:
    """When the demo's newsletter begins."""
    return past.moment(seed.issue_date(1, today) - timedelta(days=BEGINS), 9, 30)


def live_month(number: int, today: date, addresses: Sequence[str], agreed: str) -> None:
    """One month with its issue, unless that is out already.

    Arguments:
        number: of the issue, from 1.
        addresses: of all readers of the year.
        agreed: the words that readers agree to on the form.
    """
    file, day = seed.issues()[number - 1], seed.issue_date(number, today)
    with db.session_scope() as session:
        if _state(session, number) is IssueState.SENT:
            return
    with past.uninterrupted():
        _take_readers(number, day, addresses, agreed)
        with db.session_scope() as session:
            issue = _write(session, file, number, day, today)
            _mail(session, issue, day, paused=number == PAUSED)
            if number == CORRECTED:
                _correct(session, issue, day + CORRECTED_AFTER)
        with db.session_scope() as session:
            circulation.leave(session, number, past.moment(day, 11))


def _state(session: Session, number: int) -> IssueState | None:
    query = select(Issue.state).join(Newsletter)
    return session.scalar(query.where(Newsletter.slug == SLUG, Issue.number == number))


def _take_readers(number: int, day: date, addresses: Sequence[str], agreed: str) -> None:
    """Those whose year begins with this issue: first those on a list, then one after the other on the form."""
    months = len(seed.issues())
    with past.at(past.moment(day - timedelta(days=13), 15)), db.session_scope() as session:
        if number == 1:
            circulation.take_list(session, [one for one in addresses if not personas.joins(one, months)])
            return
        new = [one for one in addresses if personas.joins(one, months) == number - 1]
        circulation.take_list(session, [one for one in new if not personas.by_form(one)])
    asking = [one for one in new if personas.by_form(one)]
    for place, address in enumerate(asking):
        at = past.moment(day, 8) - timedelta(days=12) + timedelta(hours=place * 11 * 24 / len(asking))
        with past.at(at), db.session_scope() as session:
            circulation.sign_up(session, address, agreed)


def _write(session: Session, file: Path, number: int, day: date, today: date) -> Issue:
    """Draft, submit and approve; in one transaction with the mailing, as the worker would write to staff of today."""
    with past.at(past.moment(day - timedelta(days=6), 10)):
        issue = seed.ensure_draft(session, file, today)
        preflight_errors.refuse_errors(session, issue)
    with past.at(past.moment(day - timedelta(days=5), 14)):
        workflow.submit(session, issue, staff(session, Role.AUTHOR))
    if number == SENT_BACK:
        _send_back_once(session, issue, day)
    let_pass(session, issue, past.moment(day - timedelta(days=2), 16))
    return issue


def let_pass(session: Session, issue: Issue, at: datetime) -> None:
    """Approve an issue at a time of the past, by the demo's approver."""
    with past.at(at):
        workflow.approve(session, issue, staff(session, Role.APPROVER), digest.of(session, issue))


def _send_back_once(session: Session, issue: Issue, day: date) -> None:
    with past.at(past.moment(day - timedelta(days=4), 11)):
        send_back(session, issue, RETURN_NOTE, REMARKS)
    with past.at(past.moment(day - timedelta(days=3), 9)):
        first, *others = issue.blocks
        assert isinstance(first, Prose)
        issue.edit(blocks=[first.model_copy(update={"text": ADDED + first.text}), *others])
        workflow.submit(session, issue, staff(session, Role.AUTHOR), RESUBMITTED)


def send_back(session: Session, issue: Issue, note: str, remarks: dict[int, str]) -> None:
    """Return an issue to its author, by the demo's approver."""
    content = digest.of(session, issue)
    workflow.send_back(session, issue, staff(session, Role.APPROVER), content, note, remarks=remarks)


def _mail(session: Session, issue: Issue, day: date, *, paused: bool = False) -> None:
    with past.at(past.moment(day, 10, 5)):
        mailing.send(session, issue, staff(session, Role.SENDER), paused=paused)


def _correct(session: Session, issue: Issue, day: date) -> None:
    """Send a correction on the next day."""
    with past.at(past.moment(day, 9, 10)):
        made = correction.draft(session, issue, WRONG, staff(session, Role.AUTHOR))
        workflow.submit(session, made, staff(session, Role.AUTHOR))
    let_pass(session, made, past.moment(day, 9, 40))
    _mail(session, made, day)
