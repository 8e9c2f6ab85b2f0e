"""What pages show of an issue's approval: its route with who has said what, what is new, and what is to be changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.issues import approval
from models.issues.approval import Approval, Decision
from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.review import block_remark, submission
from models.issues.review.approval_route import ALL
from models.issues.review.block_remark import BlockRemark
from models.issues.review.route_progress import Bench, RouteProgress, StepProgress
from models.issues.review.submission import Submission
from models.staff import member as members
from templates.content import approval_difference
from templates.content.approval_difference import PieceChange

from ...request import session


class SealShown(NamedTuple):
    """A yes as it stands in its box."""

    name: str
    in_place_of: str
    """For whom a substitute said it; empty: in the own name."""
    at: datetime
    note: str

    @property
    def family_name(self) -> str:
        """What stands on a seal: the name up to the first space, four characters at most."""
        return (self.name.replace("\u3000", " ").split() or [""])[0][:4]


class StepShown(NamedTuple):
    """A step of a route as a page shows it."""

    number: int
    name: str
    named: tuple[str, ...]
    """Whom it names; empty: any approver of the newsletter."""
    wants_all: bool
    needed: int
    seals: tuple[SealShown, ...]
    is_open: bool
    is_complete: bool
    asked: tuple[tuple[str, str], ...]
    """Who can still say yes, and for whom as a substitute."""
    is_stuck: bool


class ApprovalShown(NamedTuple):
    """All that a page shows of an issue's approval."""

    submitted: Submission | None
    submitter: str
    steps: tuple[StepShown, ...]
    changes: tuple[PieceChange, ...]
    last: Approval | None
    """The last yes to any content; ``changes`` are those since."""
    returned: Approval | None
    """The last decision, where that sent the issue back."""
    remarks: tuple[BlockRemark, ...]
    blocks: tuple[tuple[int, str, str], ...]
    """Number, kind and first words of every block, to choose one from."""

    @property
    def is_stuck(self) -> bool:
        """Whether some step can be completed by nobody."""
        return any(step.is_stuck for step in self.steps)


def of(issue: Issue, content: ContentDigest, progress: RouteProgress) -> ApprovalShown:
    """What a page shows of the approval of *issue*, whose present content is *content*."""
    submitted, last = submission.last(session(), issue), approval.last_approved(session(), issue)
    returned = approval.last_returned(session(), issue)
    words = content.block_words
    before = [(str(name), str(text)) for name, text in last.words] if last else []
    return ApprovalShown(
        submitted=submitted,
        submitter=submitted.member.name if submitted and submitted.member else "",
        steps=steps(issue, content, progress),
        changes=tuple(approval_difference.between(before, content.words)) if before else (),
        last=last if before else None,
        returned=returned,
        remarks=tuple(block_remark.located(returned.remarks, issue.blocks)) if returned else (),
        blocks=tuple(
            (number, block.kind, block_remark.shortened(words[number - 1]))
            for number, block in enumerate(issue.blocks, 1)
        ),
    )


def steps(issue: Issue, content: ContentDigest, progress: RouteProgress) -> tuple[StepShown, ...]:
    """The steps of an issue's route, with whose yes stands in each."""
    bench = approval.bench(session(), issue)
    seals = {
        one.member_id: SealShown(one.member.name, one.in_place_of.name if one.in_place_of else "", one.at, one.note)
        for one in approval.history(session(), issue)
        if one.decision is Decision.APPROVED and one.digest == content.whole
    }
    return _steps(progress, bench, seals, bench.stuck(progress) if issue.awaits_decision else [])


def of_route(progress: RouteProgress, bench: Bench) -> tuple[StepShown, ...]:
    """The steps of a route that nobody has gone yet."""
    return _steps(progress, bench, {}, bench.stuck(progress))


def _steps(
    progress: RouteProgress, bench: Bench, seals: dict[int, SealShown], stuck: Iterable[StepProgress]
) -> tuple[StepShown, ...]:
    names = members.names_of(session(), (one for step in progress.steps for one in step.step.approvers))
    names |= {one.member_id: one.member.name for one in bench.substitutes}
    return tuple(
        StepShown(
            number=at.number,
            name=at.step.name,
            named=tuple(names.get(one, "?") for one in at.step.approvers),
            wants_all=at.step.needed == ALL or at.step.needed == len(at.step.approvers),
            needed=at.step.yeses,
            seals=tuple(seals[yes.member_id] for yes in at.yeses if yes.member_id in seals),
            is_open=at == progress.open_step,
            is_complete=at.is_complete,
            asked=tuple(
                (seat.member.name, names.get(seat.in_place_of_id, "?") if seat.in_place_of_id else "")
                for seat in bench.seats(at, progress)
            ),
            is_stuck=at in stuck,
        )
        for at in progress.steps
    )
