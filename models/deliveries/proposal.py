"""Proposed corrections: another address for a link of letters that are out, or a note on the archive's page.

Both change what readers see, so they go the way of an issue's content: somebody proposes, and as many others as the
newsletter wants approve. A newsletter can say otherwise (``corrections_need_approval: no``). Either way the author and
the approvers are told by a letter (:mod:`.proposal_letters`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..issues.issue import Issue
from ..issues.issue_words import called
from ..issues.workflow import Actor
from ..staff import audit
from ..staff.member import Member
from ..staff.permission import Permission
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Forbidden, Invalid, NotFound, WrongState
from ..store.phrase import phrase
from . import correction, proposal_letters


class ProposalKind(enum.Enum):
    """What is to be corrected."""

    LINK = "link"
    NOTE = "note"


class Proposal(Base):
    """One correction that waits for approval, or that was decided on."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    kind: Mapped[ProposalKind]
    number: Mapped[int] = mapped_column(default=0)
    """Of the link; 0 for a note."""
    value: Mapped[str]
    proposer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    former_proposer_ids: Mapped[list[Any]] = mapped_column(default=list)
    """Who proposed it before it was handed over (:mod:`models.handover`); no more fit to approve it."""
    approver_ids: Mapped[list[Any]] = mapped_column(default=list)
    """Who has said yes so far."""
    at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]

    proposer: Mapped[Member] = relationship()


class Change(NamedTuple):
    """What readers see now, and what they would see."""

    number: str
    """Of the link; empty for a note."""
    before: str
    after: str


def needs_approval(issue: Issue) -> bool:
    """Whether corrections of what is out wait for somebody else's yes."""
    return issue.newsletter.approvals_needed > 0 and issue.newsletter.corrections_need_approval


def find_change(session: Session, issue: Issue, kind: ProposalKind, number: int, value: str) -> Change:
    """What a correction would change, as it is now.

    Raises:
        NotFound: the issue has no such link.
    """
    if kind is ProposalKind.NOTE:
        return Change("", issue.correction_note, value)
    link = correction.find_link(session, issue, number)
    return Change(str(number), link.corrected_url or link.url, value or link.url)


def propose(
    session: Session, issue: Issue, kind: ProposalKind, value: str, actor: Actor, number: int = 0
) -> Proposal | None:
    """Propose a correction; None where it needs no approval and is made at once. The caller has locked the issue.

    An earlier proposal for the same place, which is still open, is taken back.

    Raises:
        Invalid: *value* cannot be taken, or nobody says who proposes it.
        NotFound, WrongState: see :func:`correction.correct_link` and :func:`correction.set_archive_note`.
    """
    checked = correction.check(session, issue, value, number if kind is ProposalKind.LINK else None)
    change = find_change(session, issue, kind, number, checked)
    if not needs_approval(issue):
        _apply(session, issue, kind, number, checked, actor)
        proposal_letters.tell_decided(session, issue, actor, "made", **change._asdict())
        return None
    if not isinstance(actor, Member):
        raise Invalid("say who proposes this: --as ADDRESS. Somebody else must approve it", field="as")
    for earlier in list_open(session, issue):
        if (earlier.kind, earlier.number) == (kind, number):
            earlier.decided_at = now()
    made = Proposal(issue_id=issue.id, kind=kind, number=number, value=checked, proposer=actor, approver_ids=[])
    session.add(made)
    session.flush()
    _record(session, made, actor, "propose correction")
    proposal_letters.tell_proposed(session, issue, actor, **change._asdict())
    return made


def approve(session: Session, issue: Issue, proposal_id: int, member: Member) -> bool:
    """Say yes to a proposal; returns whether it is made now, or waits for further approvals.

    Raises:
        Forbidden: the member is no approver, proposed it, or has said yes already.
        NotFound, WrongState: there is no such proposal, or it is decided.
    """
    one = _open(session, issue, proposal_id, member)
    if member.id in (one.proposer_id, *one.former_proposer_ids, *one.approver_ids):
        raise Forbidden("whoever proposed a correction, or approved it already, cannot approve it")
    one.approver_ids = [*one.approver_ids, member.id]
    _record(session, one, member, "approve correction")
    if len(one.approver_ids) < issue.newsletter.approvals_needed:
        return False
    _decide(session, issue, one, member, "approved")
    _apply(session, issue, one.kind, one.number, one.value, member)
    return True


def refuse(session: Session, issue: Issue, proposal_id: int, member: Member) -> None:
    """Say no to a proposal.

    Raises:
        Forbidden, NotFound, WrongState: see :func:`approve`.
    """
    one = _open(session, issue, proposal_id, member)
    _record(session, one, member, "refuse correction")
    _decide(session, issue, one, member, "refused")


def asked(approvers: Iterable[Member], one: Proposal) -> list[Member]:
    """Those of the newsletter's *approvers* who may decide on a proposal."""
    done = (one.proposer_id, *one.former_proposer_ids, *one.approver_ids)
    return [member for member in approvers if member.id not in done]


def list_open(session: Session, issue: Issue) -> Sequence[Proposal]:
    """The proposals for an issue that wait for a decision, the oldest first."""
    query = select(Proposal).where(Proposal.issue_id == issue.id, Proposal.decided_at.is_(None))
    return session.scalars(query.order_by(Proposal.id)).all()


def _open(session: Session, issue: Issue, proposal_id: int, member: Member) -> Proposal:
    if not member.may(Permission.APPROVE, issue.newsletter_id):
        raise Forbidden("only an approver may decide on a correction")
    one = session.get(Proposal, proposal_id, with_for_update=True)
    if one is None or one.issue_id != issue.id:
        raise NotFound(phrase("{issue} has no proposal {proposal_id}", issue=called(issue), proposal_id=proposal_id))
    if one.decided_at is not None:
        first = phrase("See what became of it on the issue's page of corrections")
        proposal = phrase("proposal {proposal_id}", proposal_id=proposal_id)
        raise WrongState(proposal, phrase("decided already"), phrase("be decided on"), first)
    return one


def _decide(session: Session, issue: Issue, one: Proposal, member: Member, outcome: str) -> None:
    one.decided_at = now()
    change = find_change(session, issue, one.kind, one.number, one.value)
    proposal_letters.tell_decided(session, issue, member, outcome, one.proposer, **change._asdict())


def _apply(session: Session, issue: Issue, kind: ProposalKind, number: int, value: str, actor: Actor) -> None:
    if kind is ProposalKind.LINK:
        correction.correct_link(session, issue, number, value, actor)
    else:
        correction.set_archive_note(session, issue, value, actor)


def _record(session: Session, one: Proposal, actor: Actor, action: str) -> None:
    audit.record(session, actor, action, f"issue/{one.issue_id}",
                 proposal=one.id, kind=one.kind.value, number=one.number, value=one.value)  # fmt: skip
