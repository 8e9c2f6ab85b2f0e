"""Who runs the house: administrators of all newsletters who can log in and have no end of term. One is always left."""

from __future__ import annotations

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from ..store.errors import Invalid
from ..store.phrase import phrase
from .factors import passkey
from .factors.passkey import Passkey
from .member import Member
from .permission import Role
from .role_grant import RoleGrant
from .single_sign_on import provider_identity
from .single_sign_on.provider_identity import ProviderIdentity


def rules(session: Session, member: Member) -> bool:
    """Whether *member* runs the house; whoever has not taken an invitation yet may never do so."""
    lasting = member.active and member.term_ends_on is None and Role.ADMINISTRATOR in member.roles(None)
    return lasting and (
        bool(member.password_hash) or passkey.has_any(session, member) or provider_identity.has_any(session, member)
    )


def check_somebody_rules(session: Session, member: Member, ruled: bool) -> None:
    """Refuse a change after which nobody would run the house.

    Arguments:
        member: who was changed, flushed.
        ruled: what :func:`rules` said of them before.

    Raises:
        Invalid: nobody else is an administrator of all newsletters without an end of term who can log in.
    """
    if not ruled or rules(session, member):
        return
    left = (
        select(func.count())
        .select_from(Member)
        .join(RoleGrant, RoleGrant.member_id == Member.id)
        .where(
            Member.active,
            Member.term_ends_on.is_(None),
            or_(
                Member.password_hash != "",
                exists().where(Passkey.member_id == Member.id),
                exists().where(ProviderIdentity.member_id == Member.id),
            ),
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.newsletter_id.is_(None),
        )
    )
    if not session.scalar(left):
        raise Invalid(
            phrase("{address} is the last administrator of all newsletters: give somebody else that role first",
                   address=member.address),
            field="roles",
        )  # fmt: skip
