"""Segments that a newsletter keeps under a name, each change as a version of its own.

An issue takes a copy of a version (:mod:`.issue_readers`), so that what was approved stays what it was, whatever is
saved later. A version never changes, and none is ever deleted: a segment that nobody wants any more is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...staff import audit
from ...staff.member import Member
from ...store import input_rule
from ...store.clock import now
from ...store.db import NO_KEY_UPDATE
from ...store.errors import Invalid, NotFound, WrongState
from ...store.phrase import phrase
from ..newsletter import Newsletter
from . import segment
from .segment_version import LONGEST_NAME, SavedSegment, SegmentVersion

MOST_SEGMENTS = 200
"""How many one newsletter may show: a list that nobody can look through helps nobody."""


def list_shown(session: Session, newsletter: Newsletter) -> Sequence[SavedSegment]:
    """The segments of a newsletter that are not hidden, by name."""
    shown = select(SavedSegment).where(SavedSegment.newsletter_id == newsletter.id, SavedSegment.hidden_at.is_(None))
    return session.scalars(shown.order_by(SavedSegment.name, SavedSegment.id)).all()


def get(session: Session, newsletter: Newsletter, segment_id: int, *, lock: bool = False) -> SavedSegment:
    """One segment of a newsletter, hidden or not; locked for a change where *lock*.

    Raises:
        NotFound: there is none, or it is another newsletter's.
    """
    found = session.get(
        SavedSegment, segment_id, with_for_update=NO_KEY_UPDATE if lock else None, populate_existing=lock
    )
    if found is None or found.newsletter_id != newsletter.id:
        raise NotFound("there is no such saved segment")
    return found


def create(
    session: Session, newsletter: Newsletter, name: str, kept: dict[str, Any], by: Member | str, said: str
) -> SavedSegment:
    """Save conditions under a new name.

    Arguments:
        kept: the segment as an issue keeps it.
        said: the same in words, for the audit log.

    Raises:
        Invalid: the name is taken or none, there is no condition, or one names what there is not.
    """
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter.id).with_for_update(key_share=True))
    taken = {one.name for one in list_shown(session, newsletter)}
    if len(taken) >= MOST_SEGMENTS:
        raise Invalid("this newsletter has 200 saved segments: hide those that nobody uses", field="name")
    made = SavedSegment(newsletter_id=newsletter.id, name=_checked_name(name, taken))
    session.add(made)
    _add_version(session, newsletter, made, kept, by)
    session.flush()
    audit.record(session, by, "save segment", f"newsletter/{newsletter.id}", name=made.name, number=1, segment=said)
    return made


def change(
    session: Session,
    newsletter: Newsletter,
    saved: SavedSegment,
    name: str,
    kept: dict[str, Any],
    by: Member | str,
    said: str,
) -> bool:
    """Give a segment, which the caller has locked, another name, and other conditions as a new version.

    Returns:
        whether anything is different now.

    Raises:
        Invalid: as for :func:`create`.
        WrongState: it is hidden.
    """
    if saved.hidden_at is not None:
        raise WrongState(phrase("the saved segment"), phrase("hidden"), phrase("be changed"))
    taken = {one.name for one in list_shown(session, newsletter) if one is not saved}
    before, saved.name = saved.name, _checked_name(name, taken)
    changed = saved.latest.segment != kept
    if changed:
        _add_version(session, newsletter, saved, kept, by)
    session.flush()
    if changed or before != saved.name:
        audit.record(session, by, "save segment", f"newsletter/{newsletter.id}", name=saved.name,
                     number=saved.latest.number, segment=said)  # fmt: skip
    return changed or before != saved.name


def hide(session: Session, saved: SavedSegment, by: Member | str) -> None:
    """Take it from the list. Issues that have a copy of it keep that. Hiding twice changes nothing."""
    if saved.hidden_at is None:
        saved.hidden_at = now()
        session.flush()
        audit.record(session, by, "hide segment", f"newsletter/{saved.newsletter_id}", name=saved.name)


def _checked_name(typed: str, taken: set[str]) -> str:
    name = input_rule.line(typed)
    if not name or not input_rule.is_visible(name):
        raise Invalid("give the segment a name by which you find it again", field="name")
    if len(name) > LONGEST_NAME:
        why = phrase("this is longer than {longest} characters: shorten it", longest=LONGEST_NAME)
        raise Invalid(why, field="name")
    if name in taken:
        why = phrase("there is a segment called “{name}” already: choose another name", name=name)
        raise Invalid(why, field="name")
    return name


def _add_version(
    session: Session, newsletter: Newsletter, saved: SavedSegment, kept: dict[str, Any], by: Member | str
) -> None:
    if not kept:
        raise Invalid("a segment without conditions is everybody: add one", field="segment")
    segment.check(session, newsletter, kept)
    number = saved.latest.number + 1 if saved.versions else 1
    who = by.address if isinstance(by, Member) else by
    saved.versions.append(SegmentVersion(number=number, segment=kept, by=who))
