"""The audit log's chain: whatever is changed, removed or put in shows, though the database let it happen."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.staff import audit
from models.staff.audit import AuditEntry
from models.store import db
from models.store.errors import Invalid
from ops.cli.audit import audit_


@pytest.fixture
def log(database: Engine) -> list[int]:
    """The ids of five entries."""
    with db.session_scope() as session:
        return [audit.record(session, "test", "edit lane", f"lane/{number}", limit=number).id for number in range(5)]


def verify(*words: str) -> Result:
    return CliRunner().invoke(audit_, ["verify", *words])


def meddle(database: Engine, statement: str, **values: object) -> None:
    """Do what the trigger forbids, as somebody with all rights could."""
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), values)


def broken(database: Engine) -> list[int]:
    """What is found, which the command tells, too."""
    with Session(database) as session:
        found = list(audit.broken_entries(session))
    result = verify()
    assert isinstance(result.exception, Invalid) is bool(found)
    assert [line for line in result.output.splitlines() if "does not follow" in line] == [
        f"entry {entry_id} was changed, or does not follow the one before it" for entry_id in found
    ]
    return found


def test_whole_log_is_whole(database: Engine, log: list[int]) -> None:
    assert broken(database) == []
    result = verify()
    with Session(database) as session:
        last = session.scalars(select(AuditEntry.digest).order_by(AuditEntry.id.desc())).first()
    assert result.output == f"5 entries, each as it was written. The last one's digest: {last}\n"


def test_empty_log_is_whole(database: Engine) -> None:
    assert verify().output == "0 entries, each as it was written. The last one's digest: none\n"


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_changes(database: Engine, log: list[int], statement: str) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["actor = 'nobody'", "action = 'add lane'", "subject = 'lane/9'", "detail = '{\"limit\": 9}'", "at = at + '1s'"],
)
def test_change_is_found(database: Engine, log: list[int], change: str) -> None:
    meddle(database, f"UPDATE audit_entry SET {change} WHERE id = :id", id=log[2])
    assert broken(database) == [log[2]]


def test_change_with_a_digest_that_fits_is_found_in_the_next(database: Engine, log: list[int]) -> None:
    with Session(database) as session:
        before, entry = (session.get_one(AuditEntry, entry_id) for entry_id in log[1:3])
        entry.actor = "nobody"
        digest = audit.digest_of(before.digest, entry)
    meddle(database, "UPDATE audit_entry SET actor = 'nobody', digest = :d WHERE id = :id", d=digest, id=log[2])
    assert broken(database) == [log[3]]


@pytest.mark.parametrize("place", range(4))
def test_removal_is_found(database: Engine, log: list[int], place: int) -> None:
    meddle(database, "DELETE FROM audit_entry WHERE id = :id", id=log[place])
    assert broken(database) == [log[place + 1]]


def test_removal_of_the_last_is_found_by_a_noted_digest(database: Engine, log: list[int]) -> None:
    noted = verify().output.split()[-1]
    meddle(database, "DELETE FROM audit_entry WHERE id = :id", id=log[-1])
    assert broken(database) == []
    result = verify("--noted", noted)
    assert isinstance(result.exception, Invalid)
    assert result.output == f"no entry has the digest {noted}\n"


def test_insertion_is_found(database: Engine, log: list[int]) -> None:
    meddle(database, "UPDATE audit_entry SET id = id + 100 WHERE id > :id", id=log[2])
    with Session(database) as session:
        before = session.get_one(AuditEntry, log[2])
        entry = AuditEntry(at=before.at, actor="nobody", action="add lane", subject="", detail={})
        digest = audit.digest_of(before.digest, entry)
    meddle(
        database,
        "INSERT INTO audit_entry (id, at, actor, action, subject, detail, digest)"
        " SELECT id + 1, at, 'nobody', 'add lane', '', '{}', :digest FROM audit_entry WHERE id = :id",
        id=log[2],
        digest=digest,
    )
    assert broken(database) == [log[3] + 100]
