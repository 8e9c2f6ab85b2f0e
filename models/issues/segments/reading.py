"""What can be known of who has read what: of readers recorded by name alone, and of issues whose hits are still kept.

Who is not recorded by name has neither read nor not read anything, as far as anybody knows; so a segment that asks
chooses none of them for it. The same holds of an issue for those who did not get it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

import settings

from ...store import clock
from ...store.errors import Invalid
from ...store.phrase import phrase
from ..issue import Issue
from ..issue_state import SENT_STATES
from ..newsletter import Newsletter, Tracking
from .condition import MOST_ISSUES, READING, Condition, Tree, What


def check(session: Session, newsletter: Newsletter, tree: Tree | None) -> None:
    """Refuse to ask what nobody can know.

    Raises:
        Invalid: the newsletter does not record readers by name, or did not when an issue went out, or its hits are
            gone, or it has not gone out at all.
    """
    asked = [one for one in tree.conditions() if one.what in READING] if tree else []
    if not asked:
        return
    if newsletter.tracking is not Tracking.INDIVIDUAL:
        raise Invalid(
            "this newsletter does not record opens and clicks for each reader, so nobody can say who has read what: "
            "take out the conditions about reading",
            field="segment",
        )
    numbers = {int(value) for one in asked if one.what is What.READ_ISSUE for value in one.values}
    known = session.scalars(select(Issue.number).where(_askable(newsletter), Issue.number.in_(numbers)))
    for number in sorted(numbers - set(known)):
        raise Invalid(
            phrase(
                "nobody can say who has read issue {number}: it has not gone out, or it went out before readers were "
                "recorded, or so long ago that its opens and clicks are deleted",
                number=number,
            ),
            field="segment",
        )


def issue_ids(session: Session, newsletter: Newsletter, condition: Condition) -> list[int]:
    """The issues that a condition about reading issues asks for."""
    wanted = select(Issue.id).where(_askable(newsletter))
    if condition.what is What.READ_ISSUE:
        return list(session.scalars(wanted.where(Issue.number.in_(map(int, condition.values)))))
    last = wanted.order_by(Issue.prepared_at.desc(), Issue.id.desc()).limit(int(condition.values[0]))
    return list(session.scalars(last))


def list_askable(session: Session, newsletter: Newsletter) -> Sequence[Issue]:
    """The last issues of which it is known who has read them, the newest first."""
    if newsletter.tracking is not Tracking.INDIVIDUAL:
        return []
    last = select(Issue).where(_askable(newsletter)).order_by(Issue.prepared_at.desc(), Issue.id.desc())
    return session.scalars(last.limit(MOST_ISSUES)).all()


def _askable(newsletter: Newsletter) -> ColumnElement[bool]:
    return (
        (Issue.newsletter_id == newsletter.id)
        & Issue.state.in_(SENT_STATES)
        & (Issue.prepared_at >= _known_since(newsletter))
    )


def _known_since(newsletter: Newsletter) -> datetime:
    kept = datetime.combine(clock.month_begun(settings.get().hit_retention_months), time(), UTC)
    return max(kept, newsletter.individual_since or kept)
