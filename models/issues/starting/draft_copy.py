"""A draft from an earlier issue: its blocks, with the number and the month in subject and preheader moved on."""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name, monthrange
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from ...staff import audit
from ...staff.member import Member
from ...store.clock import today, tokyo_date
from .. import issue as issues
from .. import issue_list
from ..issue import Issue
from ..issue_state import IssueKind

_REIWA = 2018
"""The year before the first of 令和."""
_NUMBERED = (
    r"(第\s*)([0-9０-９]+)(?=\s*号)",
    r"((?:[Nn]o|NO|[Vv]ol|VOL)\.?\s*)([0-9]+)(?![0-9])",
    r"(#)([0-9]+)(?![0-9])",
)
"""How subjects say the number of an issue."""
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class Moved(NamedTuple):
    """What the copy of an issue is called and dated, before there is one."""

    number: int
    subject: str
    preheader: str
    dated: date | None


class _Advance(NamedTuple):
    """From one number and month to others."""

    old_number: int
    number: int
    old: date
    new: date


def moved(session: Session, source: Issue) -> Moved:
    """What a copy of *source* made now would be."""
    latest = issue_list.latest(session, source.newsletter_id) or source
    new = max(_month_after(_day_of(latest)), today().replace(day=1))
    step = _Advance(source.number, latest.number + 1, _day_of(source), new)
    day = source.dated.day if source.dated else 1
    dated = new.replace(day=min(day, monthrange(new.year, new.month)[1])) if source.dated else None
    return Moved(step.number, _move(source.subject, step), _move(source.preheader, step), dated)


def copy(session: Session, source: Issue, author: Member) -> Issue:
    """A new draft with the blocks of *source*, for the same readers; of a correction or ranking, a regular issue."""
    new = moved(session, source)
    made = issues.create(
        session,
        source.newsletter,
        subject=new.subject,
        preheader=new.preheader,
        dated=new.dated,
        blocks=source.blocks,
        kind=source.kind if source.kind is IssueKind.NOTICE else IssueKind.REGULAR,
        language=source.language,
        audience=source.audience,
        segment=source.segment,
        public=source.public,
        author_id=author.id,
    )
    audit.record(session, author, "create issue", f"issue/{made.id}", copy_of=source.id)
    return made


def _day_of(issue: Issue) -> date:
    """The day that stands on an issue, or on which it went out, goes out, or was begun."""
    return issue.dated or tokyo_date(issue.sent_at or issue.prepared_at or issue.scheduled_at or issue.created_at)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _move(text: str, step: _Advance) -> str:
    """*text* with the number and month of the old issue, where they stand in it, moved on."""
    for pattern in _NUMBERED:
        text = re.sub(pattern, lambda found: found[1] + _as(found[2], step.old_number, step.number), text)
    text = re.sub(r"(?P<reiwa>令和)?(?P<year>[0-9０-９]+|元)年(?P<gap>\s*)(?P<month>[0-9０-９]+)月(?!\s*[0-9０-９])",
                  lambda found: _year_and_month(found, step), text)  # fmt: skip
    text = re.sub(r"(?<![年0-9０-９])(?<!年\s)([0-9０-９]{1,2})(?=月(?!\s*[0-9０-９]))",
                  lambda found: _as(found[1], step.old.month, step.new.month), text)  # fmt: skip
    name = month_name[step.old.month]
    return re.sub(rf"\b{name}\s+{step.old.year}\b", f"{month_name[step.new.month]} {step.new.year}", text)


def _year_and_month(found: re.Match[str], step: _Advance) -> str:
    since = _REIWA if found["reiwa"] else 0
    year = 1 if found["year"] == "元" else _value(found["year"])
    if (year + since, _value(found["month"])) != (step.old.year, step.old.month):
        return found[0]
    years = "元" if since and step.new.year - since == 1 else _in_width(step.new.year - since, found["year"])
    month = _in_width(step.new.month, found["month"])
    return f"{found['reiwa'] or ''}{years}年{found['gap']}{month}月"


def _as(typed: str, old: int, new: int) -> str:
    """*new* as wide as *typed*, where that is *old*."""
    return _in_width(new, typed) if _value(typed) == old else typed


def _value(typed: str) -> int:
    return int(unicodedata.normalize("NFKC", typed))


def _in_width(number: int, like: str) -> str:
    return str(number) if like.isascii() or like == "元" else str(number).translate(_FULL_WIDTH)
