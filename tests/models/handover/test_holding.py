"""What somebody holds: who sees it, and what of an earlier yes is left once it has passed."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.handover import pass_on
from models.handover.holding import HoldingKind, list_held
from models.issues import approval, workflow
from models.issues.issue_state import IssueState
from models.staff import invitation, membership
from models.staff import member as members
from models.staff.permission import EVERY_NEWSLETTER, Permission, Role, Scope
from models.store.errors import Forbidden, Invalid
from templates.content import digest
from tests.models.handover.test_pass_on import BY, Office, make, make_office, say_yes, write
from tests.sample import make_newsletter


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


def test_an_earlier_yes_counts_no_more_for_whoever_becomes_the_author(session: Session, office: Office) -> None:
    """Two must approve. One does, the author changes it and hands it over to them, and they change it back."""
    newsletter, leaver, successor, third, draft, _reviewed, _scheduled = office
    newsletter.approvals_needed = 2
    workflow.submit(session, draft, leaver)
    say_yes(session, draft, successor)
    draft.edit(subject="別の件名")
    pass_on.pass_on(session, leaver, successor, {HoldingKind.ISSUES}, BY)
    draft.edit(subject="下書き")
    workflow.submit(session, draft, successor)
    say_yes(session, draft, third)
    assert draft.state is IssueState.IN_REVIEW
    yeses = approval.progress(session, draft, digest.of(session, draft)).yeses
    assert [one.member_id for one in yeses] == [third.id]


def test_who_is_invited_without_a_role_is_shown_to_administrators_of_all(session: Session, office: Office) -> None:
    invited = members.create(session, "none@example.jp", "役割のない人", set())
    invitation.make(session, invited, office.leaver)
    one = Scope(newsletter_ids=frozenset({office.newsletter.id}))
    for scope, shown in ((one, False), (EVERY_NEWSLETTER, True)):
        held = list_held(session, office.leaver, office.successor, scope)
        assert (invited in [found.invited for found in held.of(HoldingKind.INVITATIONS)]) is shown


def test_each_newsletter_passes_to_a_successor_of_its_own(session: Session, office: Office) -> None:
    """Neither successor could take both; nobody without the role administrator hands over."""
    leaver, other = office.leaver, make_newsletter(session, "other")
    drafts = office.draft, write(session, other, "別の号", leaver)
    places = [office.newsletter.id, other.id]
    membership.set_roles(session, leaver, {Role.AUTHOR, Role.APPROVER}, other.id, BY)
    new = [make(session, f"new{place}@example.jp") for place in places]
    for one, place in zip(new, places, strict=True):
        membership.set_roles(session, one, {Role.AUTHOR, Role.APPROVER}, place, BY)
        with pytest.raises(Invalid, match="is no author"):
            pass_on.pass_on(session, leaver, one, {HoldingKind.ISSUES}, BY)
        with pytest.raises(Forbidden, match="only an administrator"):
            pass_on.pass_on(session, leaver, one, {HoldingKind.ISSUES}, one, newsletter_id=place)
    chosen = {HoldingKind.ISSUES, HoldingKind.APPROVALS}
    pass_on.pass_on(session, leaver, new[1], chosen, BY, newsletter_id=other.id)
    assert [one.author_id for one in drafts] == [leaver.id, new[1].id]
    assert leaver.may(Permission.APPROVE, other.id), "they approve for all newsletters"
    pass_on.pass_on(session, leaver, new[0], chosen, BY, newsletter_id=office.newsletter.id)
    assert [one.author_id for one in drafts] == [one.id for one in new]
