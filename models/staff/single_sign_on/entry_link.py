"""A link that lets one person in once: the way in when the identity provider is away or passwords are forgotten.

Only whoever runs the server can make one (`kairan staff enter`). It holds for ten minutes, or until they log in.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from ...store import broker
from ...store.clock import now
from ...store.secret_key import secret_key
from ...store.token import BadToken, ExpiredToken
from ..member import Member

SECONDS = 600


def make(member: Member) -> str:
    """The token of a link for *member*."""
    return str(_serializer().dumps([int(now().timestamp()), member.id, _logins(member)]))


def find_member(session: Session, token: str) -> Member:
    """Whom *token* lets in. The row is locked until the login is done: two at once are one.

    Raises:
        ExpiredToken: it is late, or was used; they have logged in, have a new password or were shut out since.
        BadToken: it never was one.
    """
    try:
        made_at, member_id, logins = _serializer().loads(token)
    except BadData as error:
        raise BadToken("token of an entry link that is not ours") from error
    member = session.get(Member, member_id, with_for_update=True, populate_existing=True)
    late = not 0 <= now().timestamp() - made_at <= SECONDS
    if late or member is None or not member.may_enter or _logins(member) != logins:
        raise ExpiredToken("entry link whose time is over")
    return member


def use(token: str) -> None:
    """Use *token* up, also where the second step of its login is still to come.

    Raises:
        ExpiredToken: it was used.
    """
    key = f"kairan:entry-link-used:{sha256(token.encode()).hexdigest()}"
    with suppress(RedisError):  # without the broker, a login still uses it up
        if not broker.client().set(key, 1, nx=True, ex=SECONDS):
            raise ExpiredToken("entry link that was used")


def _logins(member: Member) -> list[object]:
    """What a login or a new password changes."""
    return [member.session_number, member.last_login_at and member.last_login_at.isoformat()]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(), salt="entry link")
