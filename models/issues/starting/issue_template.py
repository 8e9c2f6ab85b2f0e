"""Templates of issues: contents that a newsletter keeps to begin with, each under a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from ...staff import audit
from ...staff.member import Member
from ...store import input_rule
from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid, NotFound
from ...store.phrase import phrase
from .. import issue as issues
from ..block import BLOCKS
from ..issue import Issue
from ..issue_state import IssueKind
from ..newsletter import Newsletter
from ..versions import content_version

MAX_NAME = 100
MOST = 100
"""Templates of one newsletter: more would be no list to choose from."""


class IssueTemplate(Base):
    """A content under a name."""

    __tablename__ = "issue_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    content: Mapped[dict[str, Any]]
    """As a version keeps it (:mod:`models.issues.versions.content_version`)."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __table_args__ = (UniqueConstraint("newsletter_id", "name"),)


def list_all(session: Session, newsletter_id: int) -> Sequence[IssueTemplate]:
    """The templates of a newsletter by name, without their contents."""
    query = select(IssueTemplate).where(IssueTemplate.newsletter_id == newsletter_id)
    return session.scalars(query.options(defer(IssueTemplate.content)).order_by(IssueTemplate.name)).all()


def get(session: Session, template_id: int) -> IssueTemplate:
    """The template.

    Raises:
        NotFound: there is none, or it has just been deleted.
    """
    found = session.get(IssueTemplate, template_id, with_for_update={"key_share": True})
    if found is None:
        raise NotFound("there is no such template any more")
    return found


def newsletter_id(session: Session, template_id: int) -> int | None:
    """The newsletter of a template; None where there is no such template."""
    return session.scalar(select(IssueTemplate.newsletter_id).where(IssueTemplate.id == template_id))


def keep(session: Session, issue: Issue, name: str, author: Member) -> IssueTemplate:
    """Keep the present content of *issue* as a template.

    Raises:
        Invalid: the name is empty, too long or taken, or there are too many templates.
    """
    _lock(session, issue.newsletter_id)
    checked = _checked(session, issue.newsletter_id, name)
    if len(list_all(session, issue.newsletter_id)) >= MOST:
        raise Invalid(phrase("there are {most} templates already: delete one first", most=MOST), field="name")
    made = IssueTemplate(newsletter_id=issue.newsletter_id, name=checked, content=content_version.content_of(issue))
    session.add(made)
    session.flush()
    audit.record(session, author, "keep template", f"issue/{issue.id}", name=checked)
    return made


def rename(session: Session, template: IssueTemplate, name: str, author: Member) -> None:
    """Give a template another name.

    Raises:
        Invalid: it is empty, too long or taken.
    """
    _lock(session, template.newsletter_id)
    before, checked = template.name, _checked(session, template.newsletter_id, name, template.id)
    if checked == before:
        return
    template.name = checked
    session.flush()
    audit.record(session, author, "rename template", f"newsletter/{template.newsletter_id}", name=checked, was=before)


def delete(session: Session, template: IssueTemplate, author: Member) -> None:
    """Delete a template; issues that began with it stay."""
    session.delete(template)
    session.flush()
    audit.record(session, author, "delete template", f"newsletter/{template.newsletter_id}", name=template.name)


def begin(session: Session, template: IssueTemplate, author: Member) -> Issue:
    """A new draft with the template's content; without its day, and a regular one or a notice.

    Raises:
        Invalid: it was kept by a version of Kairan whose blocks this one does not know.
    """
    content = template.content
    try:
        blocks = BLOCKS.validate_python(content["blocks"])
    except ValidationError:
        raise Invalid("this state was kept by another version of Kairan, and cannot be read any more") from None
    made = issues.create(
        session,
        session.get_one(Newsletter, template.newsletter_id),
        subject=content["subject"],
        preheader=content["preheader"],
        blocks=blocks,
        kind=IssueKind.NOTICE if content["kind"] == IssueKind.NOTICE.value else IssueKind.REGULAR,
        language=content["language"],
        audience=content["audience"],
        segment=content["segment"],
        public=content["public"],
        author_id=author.id,
    )
    audit.record(session, author, "create issue", f"issue/{made.id}", template=template.name)
    return made


def _lock(session: Session, newsletter: int) -> None:
    """Two who save at once follow each other."""
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter).with_for_update(key_share=True))


def _checked(session: Session, newsletter: int, name: str, own: int | None = None) -> str:
    name = input_rule.line(name)
    if not input_rule.is_visible(name):
        raise Invalid("the template has no name: write one", field="name")
    if len(name) > MAX_NAME:
        raise Invalid(phrase("the name is longer than {limit} characters: shorten it", limit=MAX_NAME), field="name")
    query = select(IssueTemplate.id).where(IssueTemplate.newsletter_id == newsletter, IssueTemplate.name == name)
    if session.scalar(query) not in (None, own):
        raise Invalid(phrase("another template is called “{name}”: choose another name", name=name), field="name")
    return name
