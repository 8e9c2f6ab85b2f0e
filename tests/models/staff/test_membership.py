"""Who has which role, who may change that, and that somebody is left to run the house."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models.staff import member as members
from models.staff import membership
from models.staff.audit import AuditEntry
from models.staff.member import Member
from models.staff.permission import Permission, Role
from models.staff.role_grant import RoleGrant
from models.store import db
from models.store.errors import Forbidden, Invalid
from tests.sample import make_newsletter

PASSWORD = "a long enough password"
A, B = "first@example.jp", "second@example.jp"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def make(session: Session, address: str, *roles: Role) -> Member:
    return members.create(session, address, address, set(roles), PASSWORD)


def audited(session: Session, action: str) -> list[dict[str, object]]:
    return [entry.detail for entry in session.scalars(select(AuditEntry).where(AuditEntry.action == action))]


def test_a_role_counts_for_its_newsletter_or_for_all(session: Session) -> None:
    ict, other = make_newsletter(session, "ict"), make_newsletter(session, "other")
    person = make(session, A)
    assert not person.may(Permission.READ_ISSUES, ict.id)
    assert not person.scope(Permission.READ_ISSUES)
    membership.grant(session, person, Role.AUTHOR, ict.id, by="test")
    assert person.may(Permission.WRITE, ict.id)
    assert not person.may(Permission.WRITE, other.id)
    assert not person.may(Permission.WRITE, None)
    assert ict.id in person.scope(Permission.WRITE)
    assert other.id not in person.scope(Permission.READ_REPORTS)
    membership.grant(session, person, Role.SENDER, None, by="test")
    assert person.roles(ict.id) == {Role.AUTHOR, Role.SENDER}
    assert person.roles(None) == person.roles(other.id) == {Role.SENDER}
    assert person.scope(Permission.SEND).every
    assert [one.address for one in members.list_with(session, Permission.WRITE, ict.id)] == [A]
    assert members.list_with(session, Permission.WRITE, other.id) == []
    assert [one.address for one in members.list_with(session, Permission.SEND, other.id)] == [A]
    membership.deactivate(session, person, by="test")
    assert not person.may(Permission.SEND, ict.id)
    assert not person.scope(Permission.SEND)
    assert members.list_with(session, Permission.SEND, other.id) == []
    membership.reactivate(session, person, by="test")
    assert person.may(Permission.SEND, ict.id)


def test_changes_are_written_down_once_with_before_and_after(session: Session) -> None:
    ict = make_newsletter(session, "ict")
    person, boss = make(session, A, Role.APPROVER), make(session, B, Role.ADMINISTRATOR)
    membership.set_roles(session, person, {Role.AUTHOR}, ict.id, by=boss)
    membership.set_roles(session, person, {Role.AUTHOR}, ict.id, by=boss)
    membership.revoke(session, person, Role.APPROVER, None, by=boss)
    membership.revoke(session, person, Role.APPROVER, None, by=boss)
    own = f"author newsletter/{ict.id}"
    assert audited(session, "set roles") == [
        {"before": ["approver"], "roles": ["approver", own]},
        {"before": ["approver", own], "roles": [own]},
    ]
    assert session.scalar(select(RoleGrant.granted_by_id).where(RoleGrant.role == Role.AUTHOR)) == boss.id
    for _ in range(2):
        membership.deactivate(session, person, by=boss)
    assert len(audited(session, "deactivate member")) == 1


def test_whoever_manages_one_newsletter_manages_no_other(session: Session) -> None:
    ict, other = make_newsletter(session, "ict"), make_newsletter(session, "other")
    boss, person, plain = make(session, A), make(session, B), make(session, "third@example.jp", Role.AUTHOR)
    make(session, "all@example.jp", Role.ADMINISTRATOR)
    membership.grant(session, boss, Role.ADMINISTRATOR, ict.id, by="test")
    membership.grant(session, person, Role.SENDER, ict.id, by=boss)
    for where in (other.id, None):
        with pytest.raises(Forbidden, match="all newsletters"):
            membership.grant(session, person, Role.AUTHOR, where, by=boss)
    with pytest.raises(Forbidden):
        membership.grant(session, person, Role.AUTHOR, ict.id, by=plain)
    for act in (membership.deactivate, membership.reactivate):
        with pytest.raises(Forbidden, match="do not manage"):
            act(session, plain, boss)
        act(session, person, boss)
    membership.grant(session, person, Role.AUTHOR, other.id, by="test")
    with pytest.raises(Forbidden, match="do not manage"):
        membership.deactivate(session, person, boss)


def test_the_last_administrator_stays_case_e21(session: Session) -> None:
    ict = make_newsletter(session, "ict")
    last, gone = make(session, A, Role.ADMINISTRATOR), make(session, B, Role.ADMINISTRATOR)
    membership.deactivate(session, gone, by="test")
    local = make(session, "third@example.jp")
    membership.grant(session, local, Role.ADMINISTRATOR, ict.id, by="test")
    for act in (
        lambda: membership.revoke(session, last, Role.ADMINISTRATOR, None, by=last),
        lambda: membership.set_roles(session, last, {Role.AUTHOR}, None, by="kairan staff roles"),
        lambda: membership.deactivate(session, last, by="kairan staff deactivate"),
    ):
        with pytest.raises(Invalid, match=r"first@example.jp is the last administrator"), session.begin_nested():
            act()
        session.refresh(last)
        assert last.may(Permission.MANAGE_PEOPLE, None)
    membership.reactivate(session, gone, by=last)
    membership.revoke(session, last, Role.ADMINISTRATOR, None, by=last)
    with pytest.raises(Forbidden):
        membership.grant(session, last, Role.ADMINISTRATOR, None, by=last)


@pytest.mark.parametrize("act", ["revoke", "deactivate"])
@pytest.mark.parametrize("others", [0, 1], ids=["two", "three"])
def test_two_who_shut_each_other_out_at_once_case_e21(database: Engine, act: str, others: int) -> None:
    """One of them comes first; the other has lost the right by then, and is told so."""
    with db.session_scope() as session:
        for address in (A, B, *["third@example.jp"] * others):
            make(session, address, Role.ADMINISTRATOR)
    ended: list[str] = []

    def shut_out(session: Session, by: str, whom: str) -> None:
        one, other = members.find(session, whom), members.find(session, by)
        if act == "revoke":
            membership.revoke(session, one, Role.ADMINISTRATOR, None, by=other)
        else:
            membership.deactivate(session, one, by=other)

    def second() -> None:
        try:
            with db.session_scope() as session:
                members.find(session, A), members.find(session, B)  # the page was opened before
                shut_out(session, B, A)
            ended.append("done")
        except (Forbidden, Invalid) as error:
            ended.append(type(error).__name__)

    with db.session_scope() as session:
        shut_out(session, A, B)
        thread = Thread(target=second)
        thread.start()
        with db.engine().connect() as watcher:
            while thread.is_alive() and not watcher.scalar(text(WAITING)):
                thread.join(0.05)
        assert ended == []
    thread.join()
    assert ended == ["Forbidden"]
    with db.session_scope() as session:
        assert members.find(session, A).may(Permission.MANAGE_PEOPLE, None)
        assert not members.find(session, B).may(Permission.MANAGE_PEOPLE, None)
