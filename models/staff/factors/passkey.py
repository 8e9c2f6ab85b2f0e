"""Passkeys (WebAuthn, Level 3): a key in a telephone, a computer or a stick that signs for this site alone.

As the second factor behind a password, and in place of both where the device has made sure who holds it (user
verification: finger, face or PIN). Browsers know passkeys of a domain over https, and of ``localhost``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna
import webauthn
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from webauthn.helpers import parse_authentication_credential_json, structs
from webauthn.helpers.exceptions import WebAuthnException

import settings

from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid, NotFound
from ...store.sealed import derived_key
from ..member import Member

MOST = 20
"""Passkeys of one person."""
_TIMEOUT_MS = 5 * 60 * 1000
_SITE_NAME = "Kairan"


class Passkey(Base):
    """One passkey of a person: its public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes]
    """As COSE writes it (RFC 9052)."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often it had signed; one that falls back is a copy (WebAuthn, 6.1.1). Synchronised ones stay at 0."""
    name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]


class BadPasskey(Invalid):
    """What the device answered is not taken; the page says to try again or to go another way."""


def is_available() -> bool:
    """Whether browsers know passkeys at BASE_URL: over https, or at localhost, and by a name."""
    parts = urlsplit(settings.get().base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return False


def registration_options(session: Session, member: Member, challenge: bytes) -> str:
    """What a browser needs to make a passkey, as JSON.

    Raises:
        Invalid: *member* has too many.
    """
    own = list_of(session, member)
    if len(own) >= MOST:
        raise Invalid("no more passkeys fit: remove one that is not used any more")
    options = webauthn.generate_registration_options(
        rp_id=_domain(),
        rp_name=_SITE_NAME,
        user_id=_handle(member),
        user_name=member.address,
        user_display_name=member.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        exclude_credentials=_described(own),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return webauthn.options_to_json(options)


def register(session: Session, member: Member, answer: str, challenge: bytes, name: str) -> Passkey:
    """Take the passkey that a browser has made.

    Arguments:
        answer: what it made, as JSON.
        challenge: the one that it was given; the caller lets it be used once.
        name: what *member* calls it.

    Raises:
        BadPasskey: it was made for another site or challenge, or somebody has it already.
    """
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_domain(), expected_origin=_origin()
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    if session.scalar(select(exists().where(Passkey.credential_id == made.credential_id))):
        raise BadPasskey("this passkey is known already")
    added = Passkey(
        member_id=member.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        made_at=now(),
    )
    session.add(added)
    session.flush()
    return added


def authentication_options(session: Session, member: Member | None, challenge: bytes, alone: bool = False) -> str:
    """What a browser needs to sign with a passkey, as JSON.

    Arguments:
        member: whose; None asks for any that the device knows.
        alone: whether it stands in for the password, too: then the device makes sure who holds it. So it does always
            where nobody is known yet.
    """
    wanted = structs.UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=_domain(),
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=_described(list_of(session, member)) if member else [],
        user_verification=wanted.PREFERRED if member and not alone else wanted.REQUIRED,
    )
    return webauthn.options_to_json(options)


def authenticate(session: Session, answer: str, challenge: bytes, member: Member | None, alone: bool) -> Passkey:
    """The passkey that has signed *challenge*, its use noted.

    Arguments:
        answer: what the browser signed, as JSON.
        member: who it must belong to; None takes anybody's.
        alone: whether it stands in for the password, too: then the device must have made sure who holds it.

    Raises:
        BadPasskey: it is unknown, another person's, a copy, or signed something else.
    """
    try:
        signed = parse_authentication_credential_json(answer)
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    found = session.scalar(select(Passkey).where(Passkey.credential_id == signed.raw_id).with_for_update(of=Passkey))
    handle = signed.response.user_handle
    if found is None or (member is not None and found.member_id != member.id):
        raise BadPasskey("this passkey is not known here: choose another one, or go another way")
    owner = session.get_one(Member, found.member_id)
    if handle and handle != _handle(owner):
        raise _refused()
    try:
        verified = webauthn.verify_authentication_response(
            credential=signed,
            expected_challenge=challenge,
            expected_rp_id=_domain(),
            expected_origin=_origin(),
            credential_public_key=found.public_key,
            credential_current_sign_count=found.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    found.sign_count, found.last_used_at = verified.new_sign_count, now()
    return found


def owner_of(session: Session, one: Passkey) -> Member:
    """Whose passkey it is."""
    return session.get_one(Member, one.member_id)


def has_any(session: Session, member: Member) -> bool:
    """Whether *member* has a passkey."""
    return bool(session.scalar(select(exists().where(Passkey.member_id == member.id))))


def list_of(session: Session, member: Member) -> Sequence[Passkey]:
    """The passkeys of *member*, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.member_id == member.id).order_by(Passkey.id)).all()


def get(session: Session, member: Member, passkey_id: int) -> Passkey:
    """One of *member*'s own.

    Raises:
        NotFound: they have none with this number.
    """
    found = session.get(Passkey, passkey_id)
    if found is None or found.member_id != member.id:
        raise NotFound("there is no such passkey")
    return found


def forget(session: Session, member: Member) -> None:
    """Remove every passkey of *member*."""
    session.execute(delete(Passkey).where(Passkey.member_id == member.id))


def _refused() -> BadPasskey:
    return BadPasskey("the passkey could not be checked: try once more, or go another way")


def _described(passkeys: Sequence[Passkey]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [structs.PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys]


def _handle(member: Member) -> bytes:
    """What a device knows a person by: it tells nothing (WebAuthn, 14.6.1)."""
    return blake2b(str(member.id).encode(), key=derived_key("passkey-user"), digest_size=32).digest()


def _domain() -> str:
    """The name that passkeys are for, in the letters in which a browser says it (WebAuthn, 4: RP ID)."""
    host = urlsplit(settings.get().base_url).hostname or ""
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def _origin() -> str:
    """What a browser calls our pages: without a port that goes without saying (RFC 6454, 6.2)."""
    parts = urlsplit(settings.get().base_url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{_domain()}" + (f":{parts.port}" if parts.port and parts.port != usual else "")
