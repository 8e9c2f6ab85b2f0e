"""Asking for a test letter: to whom it may go, and its way into the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.test_letters import test_group, test_letter
from ..issues.test_letters.test_letter import TestLetter
from ..outbox import transactional
from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid
from ..store.phrase import phrase
from . import suppression

KIND = "test_letter"
"""The kind of single letter: :mod:`templates.render.test_letter` writes it."""


def post(
    session: Session,
    issue: Issue,
    actor: Member | str,
    *,
    group: str = "",
    audience: str = "",
    topics: Sequence[str] = (),
) -> TestLetter:
    """Put a test of *issue* into the outbox; the caller has seen that it can be rendered.

    Arguments:
        actor: who asks; a person gets it where there is no *group*.
        group: the name of a test group of the newsletter.
        audience, topics: slugs that say for which kind of reader it is.

    Raises:
        NotFound: there is no such group.
        Invalid: too many were sent within the hour, an address is suppressed, or there is no such kind of reader.
    """
    member = actor if isinstance(actor, Member) else None
    if not group and member is None:
        raise Invalid("say who gets it: --group NAME, or --as ADDRESS for the person who asks", field="group")
    _check_kind(issue, audience, topics)
    test_letter.check_limit(session, issue.newsletter_id, member)
    addresses = test_group.find(issue.newsletter, group) if group else [member.address if member else ""]
    _refuse_suppressed(session, addresses, issue.newsletter_id, own=not group)
    letters = [
        transactional.post(session, KIND, address, language=issue.language, newsletter_id=issue.newsletter_id,
                           issue=issue.id, audience=audience, topics=list(topics))
        for address in addresses
    ]  # fmt: skip
    made = TestLetter(newsletter_id=issue.newsletter_id, issue_id=issue.id, member_id=member.id if member else None,
                      group_name=group, audience=audience, topics=list(topics),
                      letter_ids=[letter.id for letter in letters])  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor, "send test letter", f"issue/{issue.id}", digest=issue.digest, group=group,
                 count=len(letters), audience=audience, topics=list(topics))  # fmt: skip
    return made


def _check_kind(issue: Issue, audience: str, topics: Sequence[str]) -> None:
    known = {one.slug for one in issue.newsletter.audiences} | {""}
    if audience not in known or not issue.newsletter.known_topics.keys() >= set(topics):
        raise Invalid("the newsletter has no such audience or topic: choose among those that it has", field="audience")


def _refuse_suppressed(session: Session, addresses: Sequence[str], newsletter_id: int, *, own: bool) -> None:
    """Refuse all where one is never mailed. Who has left the newsletter as a reader may still test it for themself."""
    refused = [
        address
        for address in addresses
        if any(
            not (own and one.reason in suppression.LIFTED_BY_READER)
            for one in suppression.find(session, address.casefold(), newsletter_id)
        )
    ]
    if refused:
        raise Invalid(
            phrase(
                "nothing was sent: {addresses} is suppressed, so no letter may go there. Take it out of the group, or "
                "send to another group",
                addresses=", ".join(refused),
            )
        )
