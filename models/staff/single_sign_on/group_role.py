"""The table group → role: what somebody may do here because of a group at the identity provider."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store import input_rule
from ...store.base import Base
from ...store.errors import Invalid, NotFound
from ...store.phrase import phrase
from .. import audit
from ..member import Member
from ..permission import Role

MAX_NAME = 255


class GroupRole(Base):
    """Who is in a group has a role, in one newsletter or in all."""

    __tablename__ = "group_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(String(MAX_NAME))
    role: Mapped[Role]
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))

    __table_args__ = (UniqueConstraint("group_name", "role", "newsletter_id", postgresql_nulls_not_distinct=True),)


def list_all(session: Session) -> Sequence[GroupRole]:
    """The whole table, by group."""
    return session.scalars(select(GroupRole).order_by(GroupRole.group_name, GroupRole.id)).all()


def add(session: Session, group: str, role: Role, newsletter_id: int | None, actor: Member | str) -> GroupRole:
    """Let *group* stand for *role* in one newsletter, or in all. It works from each person's next login on.

    Raises:
        Invalid: it does already, or it is no name of a group.
    """
    if not input_rule.is_line(group) or not group.strip() or len(group) > MAX_NAME:
        raise Invalid(phrase("the name of a group is one line of {most} characters at most", most=MAX_NAME))
    if _find(session, group, role, newsletter_id) is not None:
        raise Invalid(phrase("{group} has this role already", group=group))
    made = GroupRole(group_name=group, role=role, newsletter_id=newsletter_id)
    session.add(made)
    session.flush()
    audit.record(session, actor, "add group role", f"group_role/{made.id}",
                 group=group, role=role.value, newsletter=newsletter_id)  # fmt: skip
    return made


def remove(session: Session, group: str, role: Role, newsletter_id: int | None, actor: Member | str) -> None:
    """Let *group* stand for *role* no longer. Who has it by the group loses it at the next login.

    Raises:
        NotFound: it does not.
    """
    found = _find(session, group, role, newsletter_id)
    if found is None:
        raise NotFound(phrase("{group} has no such role: kairan staff group list shows the table", group=group))
    audit.record(session, actor, "remove group role", f"group_role/{found.id}",
                 group=group, role=role.value, newsletter=newsletter_id)  # fmt: skip
    session.delete(found)
    session.flush()


def roles_of(session: Session, groups: Iterable[str]) -> set[tuple[Role, int | None]]:
    """What groups stand for: roles, each in a newsletter (its id) or in all (None)."""
    query = select(GroupRole.role, GroupRole.newsletter_id).where(GroupRole.group_name.in_(list(groups)))
    return {(role, newsletter_id) for role, newsletter_id in session.execute(query)}


def _find(session: Session, group: str, role: Role, newsletter_id: int | None) -> GroupRole | None:
    return session.scalar(
        select(GroupRole).where(
            GroupRole.group_name == group,
            GroupRole.role == role,
            GroupRole.newsletter_id.is_not_distinct_from(newsletter_id),
        )
    )
