"""Codes of an app and from paper: each once, by a clock that is nearly right, and only so many tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.outbox.transactional import TransactionalLetter
from models.staff import member
from models.staff.audit import AuditEntry
from models.staff.factors import code_limit, recovery_code, second_factor, totp, totp_offer
from models.staff.factors.second_factor import CodeKind, TooManyCodes, TotpSecret, WrongCode
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock
from models.store.clock import now
from models.store.errors import Invalid, WrongState
from models.store.sealed import Unreadable, seal, unseal
from tests.conftest import SECRET

KEY = b"12345678901234567890"
"""Of RFC 6238, Appendix B."""


def make_member(session: Session, name: str = "a") -> Member:
    return member.create(session, f"{name}@example.jp", name, {Role.SENDER}, "a long enough password")


def code(after: int = 0) -> str:
    """The app's code *after* so many seconds."""
    return totp.code_at(KEY, totp.step_at(now() + timedelta(seconds=after)))


def with_app(session: Session) -> Member:
    """Somebody whose app made its first code long ago."""
    made = make_member(session)
    with clock.moved(timedelta(hours=-1)):
        assert len(second_factor.set_up_app(session, made, KEY, code())) == recovery_code.COUNT
    return made


@pytest.mark.parametrize(
    ("second", "expected"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
     (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_the_rfc(second: int, expected: str) -> None:
    assert totp.code_at(KEY, second // 30, digits=8) == expected


def test_address_for_the_picture_is_what_apps_read() -> None:
    assert totp.address(KEY, "hanako@example.jp", "Kairan 回覧") == (
        "otpauth://totp/Kairan%20%E5%9B%9E%E8%A6%A7:hanako@example.jp"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kairan%20%E5%9B%9E%E8%A6%A7"
    )


@pytest.mark.parametrize(("off", "taken"), [(0, True), (-30, True), (30, True), (-90, False), (90, False)])
def test_clock_of_a_telephone_may_be_half_a_minute_off_case_e12(session: Session, off: int, taken: bool) -> None:
    made = with_app(session)
    if taken:
        assert second_factor.use_code(session, made, code(off), False) is CodeKind.APP
    else:
        with pytest.raises(WrongCode, match="This code is wrong"):
            second_factor.use_code(session, made, code(off), False)


def test_code_is_taken_once_and_none_before_it_case_e12(session: Session) -> None:
    made, shown = with_app(session), code()
    full_width = shown.translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"})
    second_factor.use_code(session, made, f" {full_width[:3]} {full_width[3:]}", False)
    for again in (shown, code(-30)):
        with pytest.raises(WrongCode, match="used already"):
            second_factor.use_code(session, made, again, True)
    assert second_factor.use_code(session, made, code(30), False) is CodeKind.APP


def test_recovery_code_works_once_and_new_ones_end_the_former_case_e12(session: Session) -> None:
    made, other = with_app(session), make_member(session, "b")
    first, second, *_rest = codes = recovery_code.make(session, made)
    assert len(set(codes)) == 10
    with pytest.raises(WrongCode):
        second_factor.use_code(session, other, first, False)
    assert second_factor.use_code(session, made, recovery_code.grouped(first), False) is CodeKind.RECOVERY
    with pytest.raises(WrongCode):
        second_factor.use_code(session, made, first, False)
    assert recovery_code.left(session, made) == 9
    letter = session.scalars(select(TransactionalLetter).order_by(TransactionalLetter.id.desc())).first()
    assert letter is not None
    assert (letter.address, letter.values["change"], letter.values["left"]) == (made.address, "code_used", "9")
    second_factor.new_codes(session, made)
    with pytest.raises(WrongCode):
        second_factor.use_code(session, made, second, False)
    kept = f"{[one.code_hash for one in session.scalars(select(recovery_code.RecoveryCode))]}"
    assert not any(one in kept for one in codes)


def guess(session: Session, made: Member, known: bool = False) -> None:
    with pytest.raises(WrongCode):
        second_factor.use_code(session, made, "000000" if code() != "000000" else "000001", known)


def test_wrong_codes_delay_then_lock_and_leave_known_devices_alone_case_e12(session: Session) -> None:
    made = with_app(session)
    for _ in range(code_limit.FREE_TRIES):
        guess(session, made)
    with pytest.raises(TooManyCodes) as refused:
        second_factor.use_code(session, made, code(), False)
    assert 1 <= refused.value.seconds <= 2
    assert session.scalars(select(TransactionalLetter.values["change"].astext)).all()[-1] == "wrong_codes"
    moved = timedelta()
    for _ in range(code_limit.LOCKED_FROM - code_limit.FREE_TRIES):
        moved += code_limit.MAX_WAIT
        with clock.moved(moved):
            guess(session, made)
    with clock.moved(moved + timedelta(hours=23)):
        with pytest.raises(TooManyCodes, match=r"Wait 6[01] minutes"):
            second_factor.use_code(session, made, code(), False)
        assert second_factor.use_code(session, made, code(), True) is CodeKind.APP
    with clock.moved(moved + timedelta(hours=25)):
        assert second_factor.use_code(session, made, code(), False) is CodeKind.APP
        assert code_limit.wait(session, made, False) == 0


def test_app_is_set_up_by_a_right_code_of_the_offer_alone(session: Session) -> None:
    made, other = make_member(session), make_member(session, "b")
    offer = totp_offer.make(made)
    assert totp_offer.read(made, offer.sealed) == offer
    for who, sealed, moved in ((other, offer.sealed, 0), (made, offer.sealed[:-4], 0), (made, "あ", 0),
                               (made, offer.sealed, 61)):  # fmt: skip
        with clock.moved(timedelta(minutes=moved)), pytest.raises(WrongCode, match="too long ago"):
            totp_offer.read(who, sealed)
    with pytest.raises(WrongCode, match="about 120 seconds off"):
        second_factor.set_up_app(session, made, KEY, code(-120))
    with pytest.raises(WrongCode, match="not the code"):
        second_factor.set_up_app(session, made, KEY, "")
    assert not second_factor.is_set_up(session, made)
    second_factor.set_up_app(session, made, KEY, code())
    with pytest.raises(WrongCode, match="used already"):
        second_factor.use_code(session, made, code(), False)


def test_secret_is_kept_sealed_for_its_owner_and_key(session: Session) -> None:
    made, other = with_app(session), make_member(session, "b")
    kept = session.get_one(TotpSecret, made.id)
    assert KEY not in kept.sealed
    session.add(TotpSecret(member_id=other.id, sealed=kept.sealed, last_step=0, made_at=now()))
    session.flush()
    with pytest.raises(WrongCode, match="cannot be read"):
        second_factor.use_code(session, other, code(), False)
    settings.reload(SECRET_KEY=f"another-{SECRET}")
    with pytest.raises(WrongCode, match="cannot be read"):
        second_factor.use_code(session, made, code(), False)
    settings.reload(SECRET_KEY=SECRET)
    for owner, sealed in (("a", b""), ("b", seal("x", "a", b"1"))):
        with pytest.raises(Unreadable):
            unseal("x", owner, sealed)


def test_last_factor_stays_where_a_role_requires_one_and_codes_go_with_it(session: Session) -> None:
    made = with_app(session)
    settings.reload(SECOND_FACTOR_REQUIRED_FOR='["sender"]')
    assert second_factor.is_required(made)
    with pytest.raises(WrongState, match="Add another one first"):
        second_factor.remove_app(session, made)
    settings.reload(SECOND_FACTOR_REQUIRED_FOR="")
    second_factor.remove_app(session, made)
    assert recovery_code.left(session, made) == 0
    with pytest.raises(WrongState):
        second_factor.new_codes(session, made)


def test_reset_takes_every_factor_and_session_and_tells_the_person(session: Session) -> None:
    made = with_app(session)
    before = made.session_number
    second_factor.reset(session, made, "kairan staff reset-second-factor")
    assert not second_factor.is_set_up(session, made)
    assert recovery_code.left(session, made) == 0
    assert made.session_number > before
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.action) == ("kairan staff reset-second-factor", "reset second factor")
    assert session.scalars(select(TransactionalLetter.values["change"].astext)).all()[-1] == "reset"


def test_reset_lets_in_whom_wrong_codes_have_locked_out(session: Session) -> None:
    made = with_app(session)
    for known_device in (False, True):
        assert code_limit.wait(session, made, known_device) == 0
        for _try in range(code_limit.LOCKED_FROM):
            code_limit.note_wrong(session, made, known_device)
        assert code_limit.wait(session, made, known_device) > 0
    second_factor.reset(session, made, "test")
    assert [code_limit.wait(session, made, known_device) for known_device in (False, True)] == [0, 0]


@pytest.mark.parametrize(
    "typed",
    ["short one", "x" * 1001, "password1234", "123456789012", "Kairan2026!!", "sakurasakura", "qwertyuiop12",
     "arigatou12345", "Passw0rd!2026", "ぱすわーどぱすわーど", "a@example.jp", "aaaaaaaaaaaa", "山田太郎山田太郎"],
)  # fmt: skip
def test_password_that_somebody_would_try_first_is_refused(session: Session, typed: str) -> None:
    made = make_member(session)
    made.name = "山田太郎"
    with pytest.raises(Invalid):
        made.set_password(typed)


@pytest.mark.parametrize("typed", ["morning river battery hat", "まいにちあさひをあびてあるく", "x7Kq9!vBn2#Lp4"])
def test_password_needs_no_kinds_of_characters(session: Session, typed: str) -> None:
    made = make_member(session)
    made.set_password(typed)
    assert member.authenticate(session, made.address, typed) is made
    assert made.password_hash.startswith("$argon2id$")
