"""A new password by mail: a link that works for one hour, once, and only while the present password stays.

Nothing here tells whether an address is on the staff. The second factor is asked for beside it: a mailbox alone opens
no account that has one.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings

from ..outbox import transactional
from ..outbox.transactional import TransactionalLetter
from ..store import enqueue, token
from ..store.clock import now
from ..store.sealed import derived_key
from ..store.token import BadToken, ExpiredToken, Purpose
from . import account_letters, audit
from .account_letters import AccountChange
from .member import Member

KIND = "staff_password"
LASTS = timedelta(hours=1)
LETTERS_PER_HOUR = 3
"""To one person; what is asked for beyond that is not answered, and not told either."""


def request(session: Session, address: str) -> None:
    """Post the letter with the link, where *address* is that of somebody who may log in.

    It works as long for anybody else, so that the time of an answer tells nothing.
    """
    wanted = address.strip().lower()
    member = session.scalar(select(Member).where(Member.address == wanted, Member.may_enter))
    recent = select(func.count(TransactionalLetter.id)).where(
        TransactionalLetter.address == wanted,
        TransactionalLetter.kind == KIND,
        TransactionalLetter.created_at > now() - timedelta(hours=1),
    )
    if (session.scalar(recent) or 0) < LETTERS_PER_HOUR and member is not None:
        audit.record(session, "login", "ask for new password", f"member/{member.id}")
        _post(session, member)
        return
    undone = session.begin_nested()
    audit.record(session, "login", "ask for new password", "unknown")
    _post(session, Member(id=0, address="nobody@invalid", name="", password_hash="", session_number=0, language=""))
    undone.rollback()
    enqueue.enqueue(session, enqueue.TRANSACTIONAL)


def find_member(session: Session, member_id: int, link_token: str, lock: bool = False) -> Member:
    """Whose link it is.

    Arguments:
        lock: whether the link is about to be used: of two who do so at once, the second finds it used.

    Raises:
        ExpiredToken: its time is over, it was used, or the password has changed since.
        BadToken: it was never good.
    """
    claimed = token.read_expiring(Purpose.PASSWORD, link_token)
    member = session.get(Member, member_id, with_for_update=lock or None)
    if member is None or not member.may_enter:
        raise BadToken("nobody's link")
    if claimed != _fingerprint(member):
        raise ExpiredToken("a link that was used, or is older than the present password")
    return member


def finish(session: Session, member: Member, new: str, place: str = "", field: str = "password") -> None:
    """Give *member* a new password, end their sessions and every such link, and tell them.

    Raises:
        Invalid: the password is refused.
    """
    member.set_password(new, field)
    session.flush()
    audit.record(session, member, "set password", f"member/{member.id}")
    account_letters.tell(session, member, AccountChange.PASSWORD, place)


def _post(session: Session, member: Member) -> None:
    seconds = int(LASTS.total_seconds())
    made = token.make_expiring(Purpose.PASSWORD, _fingerprint(member), seconds)
    transactional.post(
        session,
        KIND,
        member.address,
        language=member.letter_language,
        link=f"{settings.get().base_url}/staff/login/new-password/{member.id}/{made}",
        expires=(now() + LASTS).isoformat(timespec="seconds"),
        name=member.name,
    )


def _fingerprint(member: Member) -> int:
    """A number of 48 bits that another password changes, or the end of all sessions."""
    said = f"{member.id}:{member.session_number}:{member.password_hash}".encode()
    return int.from_bytes(blake2b(said, key=derived_key("password-link"), digest_size=6).digest(), "big")
