"""Who gets one issue, changed by staff: conditions of its own, or a copy of a saved segment's version."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ...staff import audit
from ...staff.member import Member
from ..issue import Issue
from . import segment
from .segment_version import SegmentVersion


def change(
    session: Session,
    issue: Issue,
    audience: str,
    kept: dict[str, Any],
    by: Member,
    said: str,
    version: SegmentVersion | None = None,
) -> bool:
    """Let an issue, which the caller has locked, go to other readers; approvals of what it was count no more.

    Arguments:
        audience: slug of the audience that alone gets it; empty for all.
        kept: the segment as an issue keeps it.
        said: both in words, for the audit log.
        version: what *kept* is a copy of.

    Returns:
        whether anything is different now.

    Raises:
        Invalid: a condition names what there is not.
        WrongState: it is being prepared, or already out.
    """
    segment.check(session, issue.newsletter, kept, audience)
    before = (issue.digest, issue.segment_version_id)
    issue.edit(audience=audience, segment=kept, segment_version_id=version.id if version else None)
    changed = before != (issue.digest, issue.segment_version_id)
    if issue.digest != before[0]:
        issue.editor_id = by.id
    session.flush()
    if changed:
        detail = {"name": version.saved.name, "number": version.number} if version else {}
        audit.record(session, by, "change readers", f"issue/{issue.id}", segment=said, digest=issue.digest, **detail)
    return changed


def newer_version(issue: Issue) -> SegmentVersion | None:
    """The latest version of the saved segment that the issue has a copy of, where that is not the one it has."""
    used = issue.segment_version
    return used.saved.latest if used is not None and used.saved.latest.id != used.id else None
