"""The second factor of a login: an authenticator app (TOTP) or passkeys, with recovery codes for when they are gone.

What is asked for at a login, for whom it is required, and how a code is taken. Passkeys are in :mod:`.passkey`, the
number of tries in :mod:`.code_limit`.
"""

from __future__ import annotations

import enum
import unicodedata
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid, WrongState
from ...store.phrase import phrase
from ...store.sealed import Unreadable, seal, unseal
from .. import account_letters, audit
from ..account_letters import AccountChange
from ..member import Member
from . import code_limit, passkey, recovery_code, totp

_PURPOSE = "totp"
_HINT_STEPS = 20
"""Steps in which a clock is looked for that is wrong, when an app is set up: ten minutes."""


class TotpSecret(Base):
    """What a person's authenticator app and we share."""

    __tablename__ = "totp_secret"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The step of the last code that was taken: none of it, or of one before, is taken again (RFC 6238, 5.2)."""
    made_at: Mapped[datetime] = mapped_column(default=now)


class CodeKind(enum.Enum):
    """What somebody proved who they are with."""

    APP = "app"
    RECOVERY = "recovery code"


class WrongCode(Invalid):
    """The code is not taken; the page that asked shows why. A wrong one must be counted: the caller commits."""


class TooManyCodes(WrongCode):
    """Codes are not looked at for a while.

    Arguments:
        seconds: for how long.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes, rest = divmod(seconds, 60)
        span = phrase("{minutes} minutes", minutes=minutes + (rest > 0))
        if not minutes:
            span = phrase("{seconds} seconds", seconds=seconds)
        super().__init__(phrase("There were many wrong codes. Wait {span}, then enter the next one.", span=span),
                         field="code")  # fmt: skip


def is_set_up(session: Session, member: Member) -> bool:
    """Whether a login of *member* takes a second factor."""
    return has_app(session, member) or passkey.has_any(session, member)


def has_app(session: Session, member: Member) -> bool:
    """Whether *member* has set up an authenticator app."""
    return bool(session.scalar(select(exists().where(TotpSecret.member_id == member.id))))


def is_required(member: Member) -> bool:
    """Whether SECOND_FACTOR_REQUIRED_FOR names a role that *member* has, for whichever newsletter."""
    return not {grant.role.value for grant in member.grants}.isdisjoint(settings.get().second_factor_required_for)


def set_up_app(session: Session, member: Member, secret: bytes, code: str, place: str = "") -> list[str]:
    """Take *secret* as what *member*'s app makes codes of, once it has made a right one.

    Arguments:
        place: from where, in plain words, for the letter.

    Returns:
        New recovery codes, where *member* had none; they are shown once.

    Raises:
        WrongCode: the code is not one of this secret's now.
    """
    digits, moment = _digits(code), now()
    step = totp.matching_step(secret, digits, moment)
    if step is None:
        if (off := totp.matching_step(secret, digits, moment, _HINT_STEPS)) is not None:
            seconds = abs(off - totp.step_at(moment)) * totp.STEP_SECONDS
            raise WrongCode(
                phrase("The clock of that device is about {seconds} seconds off. Set it to the network's time, "
                       "then enter the next code.", seconds=seconds), field="code",
            )  # fmt: skip
        raise WrongCode(
            "This is not the code that the app shows for this picture. Scan the picture once more, then enter the six "
            "digits that the app shows now.",
            field="code",
        )
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member.id))
    sealed = seal(_PURPOSE, f"member/{member.id}", secret)
    session.add(TotpSecret(member_id=member.id, sealed=sealed, last_step=step, made_at=now()))
    audit.record(session, member, "set up authenticator", f"member/{member.id}")
    account_letters.tell(session, member, AccountChange.APP_ADDED, place)
    return first_codes(session, member)


def remove_app(session: Session, member: Member, place: str = "") -> None:
    """Forget *member*'s app; recovery codes go with the last factor.

    Raises:
        WrongState: it is the only second factor, and a role of *member* requires one.
    """
    refuse_last(session, member, passkey.has_any(session, member))
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member.id))
    audit.record(session, member, "remove authenticator", f"member/{member.id}")
    account_letters.tell(session, member, AccountChange.APP_REMOVED, place)
    forget_unused(session, member)


def add_passkey(
    session: Session, member: Member, answer: str, challenge: bytes, name: str, place: str = ""
) -> list[str]:
    """Take a passkey that *member*'s browser has made (:func:`.passkey.register`).

    Returns:
        New recovery codes, where *member* had none; they are shown once.

    Raises:
        BadPasskey: it is not taken.
    """
    added = passkey.register(session, member, answer, challenge, name)
    audit.record(session, member, "add passkey", f"member/{member.id}", passkey=added.id)
    account_letters.tell(session, member, AccountChange.PASSKEY_ADDED, place)
    return first_codes(session, member)


def remove_passkey(session: Session, member: Member, passkey_id: int, place: str = "") -> None:
    """Forget one passkey of *member*; recovery codes go with the last factor.

    Raises:
        NotFound: they have none with this number.
        WrongState: it is the only second factor, and a role of *member* requires one.
    """
    found = passkey.get(session, member, passkey_id)
    refuse_last(session, member, has_app(session, member) or len(passkey.list_of(session, member)) > 1)
    session.delete(found)
    session.flush()
    audit.record(session, member, "remove passkey", f"member/{member.id}", passkey=passkey_id)
    account_letters.tell(session, member, AccountChange.PASSKEY_REMOVED, place)
    forget_unused(session, member)


def refuse_last(session: Session, member: Member, another: bool) -> None:
    """Raise WrongState where a factor may not go: there is not *another*, and a role of *member* requires one."""
    if not another and is_required(member):
        first = phrase("Add another one first")
        raise WrongState(
            phrase("the second factor"), phrase("required for your role"), phrase("be removed"), first=first
        )


def forget_unused(session: Session, member: Member) -> None:
    """Throw recovery codes away that open nothing any more."""
    if not is_set_up(session, member):
        recovery_code.forget(session, member)


def first_codes(session: Session, member: Member) -> list[str]:
    """New recovery codes where *member* has none; else nothing."""
    return [] if recovery_code.left(session, member) else recovery_code.make(session, member)


def new_codes(session: Session, member: Member, place: str = "") -> list[str]:
    """Ten recovery codes in place of those that there were.

    Raises:
        WrongState: there is no second factor that they could stand in for.
    """
    if not is_set_up(session, member):
        raise WrongState(
            phrase("the second factor"), phrase("not set up"), phrase("be replaced by recovery codes"),
            first=phrase("Set up an authenticator app or a passkey"),
        )  # fmt: skip
    audit.record(session, member, "make recovery codes", f"member/{member.id}")
    account_letters.tell(session, member, AccountChange.CODES_MADE, place)
    return recovery_code.make(session, member)


def use_code(session: Session, member: Member, typed: str, known_device: bool, place: str = "") -> CodeKind:
    """Take the code of *member*'s app, or one of their recovery codes, and use it up.

    Arguments:
        typed: with spaces, hyphens and full-width digits as they come.
        known_device: whether *member* has logged in from this browser before.
        place: from where, in plain words, for letters.

    Raises:
        WrongCode: it is wrong, or was used before. The caller commits, so that it counts.
    """
    if seconds := code_limit.wait(session, member, known_device):
        raise TooManyCodes(seconds)
    digits = _digits(typed)
    if len(digits) == recovery_code.DIGITS and recovery_code.use(session, member, digits):
        left = recovery_code.left(session, member)
        audit.record(session, member, "use recovery code", f"member/{member.id}", left=left)
        account_letters.tell(session, member, AccountChange.CODE_USED, place, left=left)
        kind = CodeKind.RECOVERY
    else:
        _use_app_code(session, member, digits, known_device, place)
        kind = CodeKind.APP
    code_limit.forget(session, member, known_device)
    return kind


def _use_app_code(session: Session, member: Member, digits: str, known_device: bool, place: str) -> None:
    step = None
    if (kept := session.get(TotpSecret, member.id)) is not None and digits:
        step = totp.matching_step(_opened(kept), digits, now())
    if step is None:
        count = code_limit.note_wrong(session, member, known_device)
        audit.record(session, member, "fail second factor", f"member/{member.id}")
        if count == code_limit.FREE_TRIES:
            account_letters.tell(session, member, AccountChange.WRONG_CODES, place)
        raise WrongCode("This code is wrong. Enter the six digits that the app shows now, or a recovery code that "
                        "you have not used yet.", field="code")  # fmt: skip
    taken = update(TotpSecret).where(TotpSecret.member_id == member.id, TotpSecret.last_step < step)
    if session.execute(taken.values(last_step=step).returning(TotpSecret.member_id)).first() is None:
        raise WrongCode(
            "This code was used already. Wait until the app shows the next one, which takes 30 seconds at most.",
            field="code",
        )


def reset(session: Session, member: Member, actor: Member | str, place: str = "") -> None:
    """Take app, passkeys and recovery codes from somebody who has lost them, and end their sessions.

    Where a role requires a second factor, the next login leads to setting one up.

    Arguments:
        actor: the administrator, or the name of the command.
    """
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member.id))
    passkey.forget(session, member)
    recovery_code.forget(session, member)
    for known_device in (False, True):
        code_limit.forget(session, member, known_device)
    member.end_sessions()
    audit.record(session, actor, "reset second factor", f"member/{member.id}")
    account_letters.tell(session, member, AccountChange.RESET, place)


def _opened(kept: TotpSecret) -> bytes:
    try:
        return unseal(_PURPOSE, f"member/{kept.member_id}", kept.sealed)
    except Unreadable:
        raise WrongCode("The secret of the app cannot be read any more, as SECRET_KEY has changed: ask an "
                        "administrator to reset your second factor.", field="code") from None  # fmt: skip


def _digits(typed: str) -> str:
    """The digits of a code, however it was typed; empty where there is anything else."""
    kept = "".join(unicodedata.normalize("NFKC", typed).split())
    for dash in "-‐‑‒–—―−ー":
        kept = kept.replace(dash, "")
    return kept if kept.isascii() and kept.isdigit() else ""
