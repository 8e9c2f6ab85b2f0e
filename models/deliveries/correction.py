"""Corrections (お詫び・訂正): what can be put right once letters are out.

A paused issue is repaired for readers who have not got it (:func:`apply_repair`); those who have get a correction
(:func:`draft`); the archive's page shows a note (:func:`set_archive_note`); and a wrong link of letters that are out is
redirected to the right address (:func:`correct_link`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import settings
from models.issues import issue_state

from ..issues import issue as issues
from ..issues import repair
from ..issues.content_digest import ContentDigest
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind, IssueState
from ..issues.issue_words import called, wrong_state
from ..issues.workflow import Actor
from ..staff import audit
from ..staff.member import Member
from ..store import link_address
from ..store.clock import now
from ..store.db import rows_changed
from ..store.errors import Invalid, KairanError, NotFound
from ..store.phrase import phrase
from .delivery import Batch, Delivery, DeliveryState
from .edition import Edition, Link, LinkKind

RECEIVED_STATES = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
"""States of a letter that its reader has, or may have."""
_SUBJECT_PREFIX = {"ja": "【訂正】", "en": "Correction: "}
_MAX_SUBJECT = 500
_MAX_NOTE = 2000
_MAX_URL = 2000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"]")

_CHANGE_EDITION = text("""
    UPDATE delivery d SET edition = v.new
    FROM unnest(CAST(:old AS smallint[]), CAST(:new AS smallint[])) AS v (old, new)
    WHERE d.issue_id = :issue AND d.edition = v.old AND d.state IN ('queued', 'deferred')
""")


class OnTheWire(KairanError):
    """A worker is still sending letters of the issue. That takes seconds: try again in a moment."""


def apply_repair(
    session: Session,
    issue: Issue,
    rerendered: Mapping[int, Edition],
    links: Iterable[Link],
    content: ContentDigest,
) -> int:
    """Put the repaired content into every letter that is not yet sent; returns how many letters got another edition.

    Letters that are out, or whose outcome is unknown, keep their edition. The caller has locked the issue's row and
    commits.

    Arguments:
        rerendered: for the number of each edition in use, the same variant rendered from the repaired content, still
            without a number. One with the same digest as before changes nothing.
        links: the issue's links after that rendering; existing numbers keep their links.
        content: what they were rendered from.

    Raises:
        WrongState: the issue is not paused, or its present content is not approved.
        OnTheWire: a worker still has letters of it.
    """
    repair.check_applicable(session, issue, content)
    _check_nothing_sending(session, issue)
    present = {row.number: row for row in list_editions(session, issue) if row.superseded_at is None}
    if present.keys() != rerendered.keys():
        raise Invalid("a repair must render every edition that is in use, and no other")
    highest = session.scalar(select(func.max(Edition.number)).where(Edition.issue_id == issue.id)) or 0
    new_numbers: dict[int, int] = {}
    for number, edition in sorted(rerendered.items()):
        if edition.digest != present[number].digest:
            highest += 1
            edition.issue_id, edition.number, edition.variant = issue.id, highest, present[number].variant
            session.add(edition)
            present[number].superseded_at = now()
            new_numbers[number] = highest
    known = set(session.scalars(select(Link.number).where(Link.issue_id == issue.id)))
    session.add_all(link for link in links if link.number not in known)
    session.flush()
    values = {"issue": issue.id, "old": list(new_numbers), "new": list(new_numbers.values())}
    changed = rows_changed(session.execute(_CHANGE_EDITION, values))
    repair.finish(issue)
    audit.record(session, "sender", "apply repair", f"issue/{issue.id}", digest=issue.digest, letters=changed,
                 editions={str(old): new for old, new in new_numbers.items()})  # fmt: skip
    return changed


def _check_nothing_sending(session: Session, issue: Issue) -> None:
    """Keep workers from claiming letters until the commit, and check that none has any now."""
    batches = select(Batch.id).where(Batch.issue_id == issue.id)
    # A worker locks its batch before the issue, and here the issue is locked already: waiting could be a deadlock.
    free = session.scalars(batches.with_for_update(skip_locked=True)).all()
    total = session.scalar(select(func.count()).select_from(batches.subquery()))
    sending = select(Delivery.subscriber_id).where(
        Delivery.issue_id == issue.id, Delivery.state == DeliveryState.SENDING
    )
    if len(free) != total or session.scalar(sending.limit(1)) is not None:
        raise OnTheWire(phrase("letters of {issue} are still on the wire: try again in a moment", issue=called(issue)))


def list_editions(session: Session, issue: Issue) -> Sequence[Edition]:
    """The editions of an issue, in the order of their numbers."""
    return session.scalars(select(Edition).where(Edition.issue_id == issue.id).order_by(Edition.number)).all()


def wrong_editions(session: Session, issue: Issue, *, everybody: bool = False) -> list[int]:
    """The editions whose readers a correction is for: those that a repair has replaced, or all without a repair.

    Arguments:
        everybody: all editions, even after a repair.
    """
    found = list_editions(session, issue)
    replaced = [row.number for row in found if row.superseded_at is not None]
    return replaced if replaced and not everybody else [row.number for row in found]


def count_readers(session: Session, issue: Issue, *, everybody: bool = False) -> int:
    """How many letters that are out a correction of *issue* would follow, including ended subscriptions."""
    wrong = wrong_editions(session, issue, everybody=everybody)
    query = select(func.count()).select_from(Delivery)
    return session.scalar(query.where(Delivery.issue_id == issue.id, Delivery.state.in_(RECEIVED_STATES),
                                      Delivery.edition.in_(wrong))) or 0  # fmt: skip


def draft(session: Session, issue: Issue, note: str, author: Member | None, *, everybody: bool = False) -> Issue:
    """A draft that corrects *issue*: its blocks below a note that says what was wrong.

    It goes to the readers who got what was wrong when it is sent: see :func:`wrong_editions`.

    Arguments:
        note: what was wrong and what is right; stands at the top of the letter.
        everybody: also send it to readers who got the repaired issue.

    Raises:
        Invalid: the note is empty or too long.
        WrongState: nobody has the issue yet, or it is still going out unrepaired.
    """
    checked = _checked_note(note)
    if not checked:
        raise Invalid("say what was wrong, and what is right", field="note")
    repaired = any(row.superseded_at for row in list_editions(session, issue))
    done = issue.state is IssueState.SENT or (issue.state is IssueState.CANCELLED and issue.prepared_at is not None)
    if not done and not (repaired and issue.state in issue_state.SENT_STATES):
        first = phrase("Repair it while it is paused, or wait until it is out")
        raise wrong_state(issue, phrase("be corrected"), first)
    made = issues.create(
        session,
        issue.newsletter,
        subject=(_SUBJECT_PREFIX["en" if issue.language == "en" else "ja"] + issue.subject)[:_MAX_SUBJECT],
        blocks=issue.blocks,
        preheader=issue.preheader,
        language=issue.language,
        kind=IssueKind.CORRECTION,
        correction_of_id=issue.id,
        correction_note=checked,
        corrects_all=everybody,
        public=None if issue.for_archive else False,
        author_id=author.id if author else None,
    )
    audit.record(session, author or "kairan issue correct", "draft correction", f"issue/{made.id}", of=issue.id)
    return made


def check(session: Session, issue: Issue, value: str, number: int | None = None) -> str:
    """*value* as it would be kept, as the address of link *number*, or without one as the archive's note.

    Raises:
        NotFound, WrongState, Invalid: see :func:`correct_link` and :func:`set_archive_note`.
    """
    if number is None:
        return _checked_archive_note(issue, value)
    link = find_link(session, issue, number)
    return "" if value.strip() in ("", link.url) else _checked_url(value.strip())


def set_archive_note(session: Session, issue: Issue, note: str, actor: Actor) -> None:
    """Show on the archive's page of *issue* what was wrong; an empty note removes that.

    Raises:
        WrongState: the issue is not in the archive.
        Invalid: the note is too long; or the issue is a correction, whose note has gone out in its letters.
    """
    issue.correction_note = checked = _checked_archive_note(issue, note)
    audit.record(session, actor, "stamp issue", f"issue/{issue.id}", note=checked)


def correct_link(session: Session, issue: Issue, number: int, url: str, actor: Actor) -> Link:
    """Redirect link *number* of letters that are out to *url*; an empty one restores the first address.

    Raises:
        NotFound: the issue has no such link.
        Invalid: this is no complete http or https address, or that of a tracked link.
    """
    link = find_link(session, issue, number, lock=True)
    link.corrected_url = "" if url.strip() in ("", link.url) else _checked_url(url.strip())
    audit.record(session, actor, "relink", f"issue/{issue.id}", number=number, url=link.corrected_url or link.url)
    return link


def list_links(session: Session, issue: Issue) -> Sequence[Link]:
    """The links of letters that are out, without the honeypot."""
    return session.scalars(
        select(Link).where(Link.issue_id == issue.id, Link.kind != LinkKind.HONEYPOT.value).order_by(Link.number)
    ).all()


def corrected_addresses(session: Session, issue: Issue) -> dict[tuple[str, str], str]:
    """The right address by the wrong one and the kind of link that had it, for what was corrected in an issue."""
    query = select(Link.url, Link.kind, Link.corrected_url).where(Link.issue_id == issue.id, Link.corrected_url != "")
    return {(url, kind): right for url, kind, right in session.execute(query)}


def find_link(session: Session, issue: Issue, number: int, *, lock: bool = False) -> Link:
    """Link *number* of letters that are out.

    Raises:
        NotFound: the issue has no such link, or it is the honeypot.
    """
    link = session.get(Link, (issue.id, number), with_for_update=lock or None)
    if link is None or link.kind == LinkKind.HONEYPOT.value:
        raise NotFound(phrase("{issue} has no link {number}", issue=called(issue), number=number))
    return link


def _checked_archive_note(issue: Issue, note: str) -> str:
    checked = _checked_note(note)
    if issue.prepared_at is None:
        raise wrong_state(
            issue, phrase("be stamped"), phrase("It has no page in the archive yet: wait until it is out")
        )
    if issue.kind is IssueKind.CORRECTION:
        raise Invalid("this issue is a correction itself: draft another correction of it instead", field="note")
    return checked


def _checked_note(note: str) -> str:
    checked = note.replace("\r\n", "\n").replace("\0", "").strip()
    if len(checked) > _MAX_NOTE:
        raise Invalid(
            phrase("the note has {count} characters; {max_note} are enough", count=len(checked), max_note=_MAX_NOTE),
            field="note",
        )
    return checked


def _checked_url(url: str) -> str:
    if len(url) > _MAX_URL:
        raise Invalid(phrase("the address is longer than {max_url} characters", max_url=_MAX_URL), field="url")
    own = settings.get().base_url
    wrong = link_address.fault(url, own)
    if wrong is not None and wrong.message in (link_address.PASSWORD.message, link_address.PRIVATE.message):
        raise Invalid(wrong, field="url")
    if wrong is not None or not (url := link_address.checked(url, own)).startswith("http"):
        raise Invalid("write a whole address that begins with https:// or http://, without spaces", field="url")
    if url.startswith(f"{settings.get().base_url.rstrip('/')}/c/"):
        raise Invalid("this is the address of a tracked link: write where it should lead in the end", field="url")
    return url
