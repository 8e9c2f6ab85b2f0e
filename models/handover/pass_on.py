"""Passing what somebody holds to a successor: all of it in one transaction, each thing with its audit entry.

Doing it again passes what there is by then, which is nothing right after. Whoever wrote an issue may not approve it
after it has passed either (:attr:`.Issue.former_author_ids`), and who has approved it does not become its author. What
was approved keeps the approver's name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Update, func, update
from sqlalchemy.orm import Session

from ..deliveries import handover
from ..deliveries.proposal import Proposal
from ..issues import newsletter as newsletters
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..issues.review import route_edit
from ..staff import audit, membership
from ..staff.invitation import Invitation
from ..staff.member import Member
from ..staff.membership import Actor
from ..staff.permission import EVERY_NEWSLETTER, Permission, Role, Scope
from ..store.clock import now
from ..store.errors import Forbidden, Invalid
from ..store.phrase import Phrase, phrase
from .holding import Holding, HoldingKind, Holdings, list_held

_P = Permission
NEEDS: dict[HoldingKind, Permission] = {
    HoldingKind.ISSUES: _P.WRITE,
    HoldingKind.CORRECTIONS: _P.SEND,
    HoldingKind.APPROVALS: _P.APPROVE,
    HoldingKind.SCHEDULES: _P.SEND,
    HoldingKind.INVITATIONS: _P.MANAGE_PEOPLE,
}
"""What a successor must be allowed to do, with the newsletter of each thing."""
_LACKS = {
    _P.WRITE: phrase("{name} is no author (起案) for {newsletter}: give them this role first, or leave this out"),
    _P.SEND: phrase("{name} is no sender (配信) for {newsletter}: give them this role first, or leave this out"),
    _P.APPROVE: phrase("{name} is no approver (決裁) for {newsletter}: give them this role first, or leave this out"),
    _P.MANAGE_PEOPLE: phrase(
        "{name} is no administrator (管理) for {newsletter}: give them this role first, or leave this out"
    ),
}


class HoldingsChanged(Invalid):
    """What would pass is not what was shown: it is looked at again first."""


@dataclass(frozen=True)
class Departure:
    """When whoever hands over loses access: at once, after a last day (Asia/Tokyo), or not by this step."""

    at_once: bool = False
    last_day: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is to happen to their access."""
        return self.at_once or self.last_day is not None


STAYS = Departure()


def managed_by(by: Actor, newsletter_id: int | None = None) -> Scope:
    """The newsletters among which *by* hands over; a command that names nobody: all of them.

    Arguments:
        newsletter_id: the one that alone is handed over, where each has a successor of its own.
    """
    managed = by.scope(Permission.MANAGE_PEOPLE) if isinstance(by, Member) else EVERY_NEWSLETTER
    return managed if newsletter_id is None else managed.only(newsletter_id)


def check_successor(leaver: Member, successor: Member) -> None:
    """Refuse whom nothing can pass to.

    Raises:
        Invalid: it is the same person, or they cannot come in.
    """
    if successor.id == leaver.id:
        raise Invalid("this is the person who hands over: choose somebody else as the successor", field="successor")
    if not successor.may_enter:
        problem = phrase("{name} cannot come in (shut out, or the term is over): choose somebody else, or let them in "
                         "first", name=successor.name)  # fmt: skip
        raise Invalid(problem, field="successor")


def missing_roles(session: Session, held: Holdings, successor: Member) -> dict[HoldingKind, Phrase]:
    """By kind, the first role that *successor* lacks to take over what is *held*."""
    found: dict[HoldingKind, Phrase] = {}
    for one in held.passing:
        for newsletter_id in _places(one):
            if one.kind not in found and not successor.may(NEEDS[one.kind], newsletter_id):
                where = _newsletter(session, newsletter_id)
                found[one.kind] = _LACKS[NEEDS[one.kind]].filled(name=successor.name, newsletter=where)
    return found


def pass_on(
    session: Session,
    leaver: Member,
    successor: Member,
    kinds: Collection[HoldingKind],
    by: Actor,
    *,
    seen: str | None = None,
    departure: Departure = STAYS,
    newsletter_id: int | None = None,
) -> Holdings:
    """Let everything of these *kinds* that *leaver* holds pass to *successor*; returns what has passed.

    Arguments:
        by: who does it; only what belongs to newsletters whose people they manage passes.
        seen: the digest of what was shown before, where that may be outdated.
        departure: what happens to the access of *leaver* in the same transaction.
        newsletter_id: of which newsletter alone things pass; None: of all that *by* manages.

    Raises:
        Forbidden: *by* is no administrator, or may not end the access of *leaver*, who works for others, too.
        HoldingsChanged: something else would pass than what was seen.
        Invalid: nothing is chosen, or *successor* cannot take it; ``field`` names the kind, or ``successor``.
    """
    membership.begin(session, leaver, successor, by)
    scope = managed_by(by, newsletter_id)
    if not scope:
        raise Forbidden("only an administrator hands over what somebody holds: ask one")
    check_successor(leaver, successor)
    held = list_held(session, leaver, successor, scope, lock=True)
    if seen is not None and seen != held.digest:
        changed = phrase("what would pass has changed since you opened the page: look at it again, then confirm")
        raise HoldingsChanged(changed)
    if held.passing and not any(kind in kinds for kind in held.kinds) and not departure:
        raise Invalid("nothing is chosen: tick what passes", field="kinds")
    for kind, problem in missing_roles(session, held, successor).items():
        if kind in kinds:
            raise Invalid(problem, field=kind.value)
    passed = Holdings(tuple(one for one in held.passing if one.kind in kinds), held.staying)
    if passed.passing:
        counts = {kind.value: len(passed.of(kind)) for kind in passed.kinds}
        audit.record(session, by, "hand over", f"member/{leaver.id}", successor=successor.address, **counts)
        _Transfer(session, leaver, successor, by).take(passed)
    if departure.last_day:
        membership.set_term(session, leaver, departure.last_day, by)
    if departure.at_once:
        membership.deactivate(session, leaver, by)
    return passed


@dataclass(frozen=True)
class _Transfer:
    """One handover that was found to be right."""

    session: Session
    leaver: Member
    successor: Member
    by: Actor

    def take(self, held: Holdings) -> None:
        self._issues(held.of(HoldingKind.ISSUES))
        self._corrections(held.of(HoldingKind.CORRECTIONS))
        self._schedules(held.of(HoldingKind.SCHEDULES))
        self._invitations(held.of(HoldingKind.INVITATIONS))
        self._approvals(held.of(HoldingKind.APPROVALS))
        self.session.expire_all()

    def _issues(self, things: list[Holding]) -> None:
        former = Issue.former_author_ids.op("||")(func.jsonb_build_array(self.leaver.id))
        self._update_issues(things, author_id=self.successor.id, former_author_ids=former)
        self._record("hand over issue", "author_id", things)

    def _corrections(self, things: list[Holding]) -> None:
        ids = [one.proposal.id for one in things if one.proposal]
        former = Proposal.former_proposer_ids.op("||")(func.jsonb_build_array(self.leaver.id))
        change = update(Proposal).where(Proposal.id.in_(ids))
        self._execute(change.values(proposer_id=self.successor.id, former_proposer_ids=former))
        self._record("hand over correction", "proposer_id", things)

    def _schedules(self, things: list[Holding]) -> None:
        """As when somebody takes one over: what missed its time while it waited for nobody leaves the timetable."""
        orphaned = {one.id for one in handover.list_orphaned(self.session, managed_by(self.by))}
        late = [one for one in things if one.issue and one.issue.id in orphaned and _is_over(one.issue)]
        self._record("hand over schedule", "scheduler_id", [one for one in things if one not in late])
        self._record("hand over schedule", "scheduler_id", late, late=True)
        for one in late:
            assert one.issue is not None
            one.issue.unschedule()
        self.session.flush()
        self._update_issues(things, scheduler_id=self.successor.id)

    def _invitations(self, things: list[Holding]) -> None:
        invited = [one.invited.id for one in things if one.invited]
        open_ones = (
            update(Invitation)
            .where(Invitation.member_id.in_(invited), Invitation.invited_by_id == self.leaver.id)
            .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        )
        self._execute(open_ones.values(invited_by_id=self.successor.id))
        self._record("hand over invitation", "invited_by_id", things)

    def _approvals(self, things: list[Holding]) -> None:
        """The place is the role, and what routes name: the leaver's goes, the successor has it."""
        self._record("hand over review", "approver_id", [one for one in things if not one.is_place])
        places = [one for one in things if one.is_place]
        changed = {"approver_id": [self.leaver.address, self.successor.address]}
        for one in places:
            audit.record(self.session, self.by, "hand over place of approval", f"member/{self.leaver.id}",
                         changed=changed, newsletter=_slug(self.session, one.newsletter_id))  # fmt: skip
        for one in places:
            for newsletter in newsletters.list_all(self.session, _scope_of(one)):
                route_edit.pass_place(self.session, newsletter, self.leaver, self.successor, self.by)
            membership.revoke(self.session, self.leaver, Role.APPROVER, one.newsletter_id, self.by)

    def _update_issues(self, things: list[Holding], **values: object) -> None:
        """Change all at once, without touching the time of their last edit."""
        ids = [one.issue.id for one in things if one.issue]
        self._execute(update(Issue).where(Issue.id.in_(ids)).values(**values, updated_at=Issue.updated_at))

    def _execute(self, change: Update) -> None:
        """Past the objects of the session, whose before and after would all come into the next entry of the log."""
        self.session.execute(change, execution_options={"synchronize_session": False})

    def _record(self, action: str, column: str, things: list[Holding], **detail: object) -> None:
        """An entry for each thing, with who held it before and after."""
        changed = {column: [self.leaver.address, self.successor.address]}
        entries = [(one.subject, {"changed": changed, **detail, **_detail(one)}) for one in things]
        audit.record_each(self.session, self.by, action, entries)


def _detail(one: Holding) -> dict[str, object]:
    if one.proposal is not None:
        return {"proposal": one.proposal.id}
    if one.kind is HoldingKind.SCHEDULES and one.issue and one.issue.scheduled_at:
        return {"at": one.issue.scheduled_at.isoformat()}
    return {}


def _is_over(issue: Issue) -> bool:
    return issue.scheduled_at is None or issue.scheduled_at <= now()


def _places(one: Holding) -> list[int | None]:
    """With which newsletters the successor must be allowed to do what the thing needs."""
    if one.invited is not None:
        return sorted({grant.newsletter_id for grant in one.invited.grants}, key=lambda at: at or 0) or [None]
    return [one.newsletter_id]


def _scope_of(place: Holding) -> Scope:
    """The newsletters of a place among approvers."""
    return EVERY_NEWSLETTER if place.newsletter_id is None else EVERY_NEWSLETTER.only(place.newsletter_id)


def _slug(session: Session, newsletter_id: int | None) -> str:
    """Empty for all newsletters."""
    return session.get_one(Newsletter, newsletter_id).slug if newsletter_id else ""


def _newsletter(session: Session, newsletter_id: int | None) -> Phrase:
    if newsletter_id is None:
        return phrase("all newsletters")
    return phrase("“{name}”", name=session.get_one(Newsletter, newsletter_id).name)
