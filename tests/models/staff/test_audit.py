"""The audit log: whatever is changed, removed or put in shows at its row, to Kairan and to the script without it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.staff import audit, audit_check, audit_export, audit_retention
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.audit_check import FaultKind
from models.staff.audit_day import AuditDay, parse_head
from models.store import clock, db
from models.store.errors import Invalid
from ops.cli.audit import audit_
from tests.conftest import set_environment

SCRIPT = Path(__file__).parents[3] / "docs" / "verify" / "audit-verify.py"
PER_DAY = 3
WORDS = ("あ=1", "x\u2028y", "'=2", '\U0001f600 \\ "')


@pytest.fixture
def log(database: Engine) -> None:
    """Nine entries on three days, the last of them today, with a gap in their ids."""
    for days_ago in (2, 1, 0):
        with clock.moved(timedelta(days=-days_ago)):
            for place in range(PER_DAY):
                with db.session_scope() as session:
                    audit.record(session, "test", "edit lane", f"lane/{place}", limit=place / 2, note=WORDS[place])
            with Session(db.engine()) as session:
                audit.record(session, "test", "taken back")
                session.rollback()


def meddle(database: Engine, *statements: str) -> None:
    """Do what the triggers forbid, as somebody with all rights could."""
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def verify(*heads: str) -> Result:
    return CliRunner().invoke(audit_, ["verify", *(word for one in heads for word in ("--head", one))])


def script(tmp_path: Path, *words: str) -> tuple[int, str]:
    """What the script says of an export: its status and its first line."""
    file = tmp_path / "log.jsonl"
    with db.session_scope() as session:
        file.write_text("".join(f"{line}\n" for line in audit_export.lines(session)), encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(file), *words], capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()[0]


def first_faults(tmp_path: Path, *heads: str) -> tuple[int, FaultKind, int]:
    """The first fault: its number and kind as Kairan says, and its number as the script does; 0 where none is."""
    with Session(db.engine()) as session:
        found = audit_check.check(session, [parse_head(one) for one in heads]).faults
    status, line = script(tmp_path, *(word for one in heads for word in ("--head", one)))
    assert status == bool(found), line
    assert isinstance(verify(*heads).exception, Invalid) is bool(found)
    if not found:
        return 0, FaultKind.HEAD, 0
    return found[0].number, found[0].kind, int(line.split()[1])


def present_head() -> str:
    return CliRunner().invoke(audit_, ["head"]).output.strip()


def digest_sql(number: int, **values: str) -> str:
    """A statement that changes an entry and gives it the digest that fits."""
    with Session(db.engine()) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.number == number)).one()
        for name, value in values.items():
            setattr(entry, name, value)
        changed = ", ".join(f"{name} = '{value}'" for name, value in values.items())
        return f"UPDATE audit_entry SET {changed}, digest = '{audit.digest_of(entry)}' WHERE number = {number}"


def test_whole_log_is_whole(database: Engine, log: None, tmp_path: Path) -> None:
    head = present_head()
    assert first_faults(tmp_path, head)[0] == 0
    assert verify(head).output == f"9 entries, each as it was written. Head: {head}\n"
    assert script(tmp_path)[1] == f"9 entries, each as it was written. Head: {head}"
    key = CliRunner().invoke(audit_, ["key"]).output.split()[1]
    assert script(tmp_path, "--key", key)[0] == 0
    assert script(tmp_path, "--key", "00" * 32)[0] == 1
    with Session(database) as session:
        ids = list(session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
        assert ids[-1] - ids[0] > 8, "ids have gaps"
        days = session.scalars(select(AuditDay).order_by(AuditDay.day)).all()
        assert [one.last for one in days] == [3, 6]
        yesterday = CliRunner().invoke(audit_, ["head", "--date", str(days[-1].day)]).output.strip()
    assert yesterday == f"{days[-1].day}/6/{days[-1].head}"
    assert first_faults(tmp_path, yesterday, yesterday.rpartition("/")[2])[0] == 0


def test_empty_log_is_whole(database: Engine) -> None:
    assert verify().output == "0 entries, each as it was written. Head: none\n"
    assert isinstance(verify("nonsense").exception, Invalid)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry", "TRUNCATE audit_key",
     "UPDATE audit_day SET head = ''", "DELETE FROM audit_day", "DELETE FROM audit_entry WHERE number = 1"],
)  # fmt: skip
def test_the_database_refuses_changes(database: Engine, log: None, statement: str) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


TAMPERED = {
    "changed": (["UPDATE audit_entry SET {0} WHERE number = 5"], 5, FaultKind.CHANGED),
    "removed": (["DELETE FROM audit_entry WHERE number = 5"], 5, FaultKind.MISSING),
    "first removed": (["DELETE FROM audit_entry WHERE number = 1"], 1, FaultKind.MISSING),
    "a day removed": (["DELETE FROM audit_entry WHERE number BETWEEN 4 AND 6",
                       "DELETE FROM audit_day WHERE last = 6"], 4, FaultKind.MISSING),
    "the first day removed": (["DELETE FROM audit_entry WHERE number < 4", "DELETE FROM audit_day WHERE last = 3"],
                              1, FaultKind.MISSING),
    "removed and numbered anew": (["DELETE FROM audit_entry WHERE number = 5",
                                   "UPDATE audit_entry SET number = number + 99 WHERE number > 5",
                                   "UPDATE audit_entry SET number = number - 100 WHERE number > 5"],
                                  5, FaultKind.MISSING),
    "put in and numbered anew": (["UPDATE audit_entry SET number = number + 100 WHERE number > 4",
                                  "UPDATE audit_entry SET number = number - 99 WHERE number > 100", "{insert}"],
                                 5, FaultKind.FORGED),
    "swapped": (["UPDATE audit_entry SET number = 50 WHERE number = 5",
                 "UPDATE audit_entry SET number = 5 WHERE number = 6",
                 "UPDATE audit_entry SET number = 6 WHERE number = 50"], 5, FaultKind.INSERTED),
    "head changed": ([f"UPDATE audit_day SET head = '{'0' * 64}' WHERE last = 3"], 3, FaultKind.CHANGED),
    "head removed": (["DELETE FROM audit_day WHERE last = 3"], 3, FaultKind.HEAD),
    "signature removed": (["UPDATE audit_entry SET signature = '' WHERE number >= 5"], 5, FaultKind.FORGED),
    "all gone but one": (["DELETE FROM audit_entry WHERE number < 9", "DELETE FROM audit_day"], 1, FaultKind.MISSING),
    "emptied": (["TRUNCATE audit_entry"], 1, FaultKind.MISSING),
}  # fmt: skip
INSERT = (
    "INSERT INTO audit_entry (number, form, at, day, edge, client, actor, action, subject, detail, changes, previous,"
    " digest, key_id, signature) SELECT {number}, 2, at, day, 'page', '', 'nobody', 'add lane', '', '{{}}', '{{}}',"
    " digest, '{digest}', key_id, signature FROM audit_entry WHERE number = {after}"
)


def forged(number: int) -> str:
    """A statement that puts in an entry with the digest that fits."""
    with Session(db.engine()) as session:
        before = session.scalars(select(AuditEntry).where(AuditEntry.number == number - 1)).one()
        entry = AuditEntry(form=2, number=number, day=before.day, previous=before.digest, at=before.at, edge="page",
                           client="", actor="nobody", action="add lane", subject="", detail={}, changes={})  # fmt: skip
        return INSERT.format(number=number, digest=audit.digest_of(entry), after=number - 1)


@pytest.mark.parametrize("case", TAMPERED)
def test_what_was_done_to_the_log_shows_at_its_row_case_h2(
    database: Engine, log: None, tmp_path: Path, case: str
) -> None:
    statements, number, kind = TAMPERED[case]
    head, insert = present_head(), forged(5)
    values = ["actor = 'nobody'"]
    if case == "changed":
        values += ["action = 'x'", "subject = 'lane/9'", "detail = '{\"limit\": 9}'", "at = at + '1s'", "edge = 'api'",
                   "client = '192.0.2.1'", "changes = '{\"a\": 1}'", "day = day + 1", "form = 1",
                   "previous = digest", "digest = previous"]  # fmt: skip
    for value in values:
        with database.connect() as connection:
            before = connection.execute(text("SELECT * FROM audit_entry WHERE number = 5")).mappings().one()
        meddle(database, *(one.replace("{insert}", insert).replace("{0}", value) for one in statements))
        assert first_faults(tmp_path, head) == (number, kind, number), value
        if case == "changed":  # as it was, for the next value
            names = ("actor", "action", "subject", "at", "edge", "client", "day", "form", "previous", "digest")
            with database.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(
                    text(f"UPDATE audit_entry SET {', '.join(f'{n} = :{n}' for n in names)}, changes = '{{}}',"
                         " detail = jsonb_build_object('limit', 0.5, 'note', CAST(:note AS text)) WHERE number = 5"),
                    {**before, "note": before["detail"]["note"]},
                )  # fmt: skip


def test_who_can_do_everything_in_the_database_cannot_sign_case_h2(database: Engine, log: None, tmp_path: Path) -> None:
    """Changed or put in with a digest that fits, and the chain written anew up to its end."""
    head = present_head()
    for number in range(5, 10):
        statement = digest_sql(number, actor="nobody")
        meddle(database, statement)
        with Session(database) as session:
            digest = session.scalar(select(AuditEntry.digest).where(AuditEntry.number == number))
        meddle(database, f"UPDATE audit_entry SET previous = '{digest}' WHERE number = {number + 1}",
               f"UPDATE audit_day SET head = '{digest}' WHERE last = {number}")  # fmt: skip
        if number < 9:
            following = digest_sql(number + 1)
            meddle(database, following.replace("SET , ", "SET "))
    assert first_faults(tmp_path) == (5, FaultKind.FORGED, 5)
    assert first_faults(tmp_path, head) == (5, FaultKind.FORGED, 5)


def test_what_is_put_in_at_the_end_is_not_signed(database: Engine, log: None, tmp_path: Path) -> None:
    meddle(database, forged(10))
    assert first_faults(tmp_path) == (10, FaultKind.FORGED, 10)
    line = verify().output.splitlines()[0]
    assert line.startswith("entry 10 (id ")
    assert line.endswith("was changed or put in: its signature does not hold")


def test_a_head_that_was_noted_tells_of_entries_gone_from_the_end(database: Engine, log: None, tmp_path: Path) -> None:
    head = present_head()
    meddle(database, "DELETE FROM audit_entry WHERE number = 9")
    assert first_faults(tmp_path)[0] == 0, "nothing left tells of it"
    assert first_faults(tmp_path, head) == (9, FaultKind.MISSING, 9)
    assert verify(head).output == "entry 9 is missing\n"
    assert first_faults(tmp_path, head.rpartition("/")[2]) == (9, FaultKind.MISSING, 9)
    meddle(database, "DELETE FROM audit_entry WHERE number > 3")
    assert first_faults(tmp_path) == (4, FaultKind.MISSING, 4), "the head of that day tells"
    meddle(database, "DELETE FROM audit_day WHERE last > 3")
    assert first_faults(tmp_path)[0] == 0
    assert first_faults(tmp_path, head) == (4, FaultKind.MISSING, 4)
    assert verify(head).output == "entries 4 to 9 are missing\n"


def test_old_days_are_cut_away_and_their_heads_stay(database: Engine, log: None, tmp_path: Path) -> None:
    head = present_head()
    with Session(database) as session:
        (first, second) = session.scalars(select(AuditDay).order_by(AuditDay.day))
        old = f"{first.day}/{first.last}/{first.head}"
    with db.session_scope() as session:
        assert audit_retention.cut(session, first.day) == 0
        assert audit_retention.cut(session, second.day) == 3
        assert audit_retention.cut(session, second.day) == 0
    assert first_faults(tmp_path, head, old)[0] == 0
    assert verify().output.splitlines()[1] == (
        f"Entries up to {first.day} (number 3) were cut away by AUDIT_RETENTION_DAYS."
    )
    with Session(database) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry is not None
        assert (entry.action, entry.detail["until"], entry.detail["entries"]) == (audit.CUT, str(first.day), 3)
    with database.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("DELETE FROM audit_entry WHERE number = 4"))
    meddle(database, "DELETE FROM audit_entry WHERE number = 4")
    assert first_faults(tmp_path, head) == (4, FaultKind.MISSING, 4)
    meddle(database, f"UPDATE audit_day SET head = '{'1' * 64}' WHERE last = 3")
    assert first_faults(tmp_path, old)[0] == 3


def test_days_are_cut_by_the_setting(database: Engine, log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from worker.sweep import maintain_audit_log

    try:
        for days, left in (("0", 9), ("2", 9), ("1", 7)):
            set_environment(AUDIT_RETENTION_DAYS=days)
            maintain_audit_log()
            with Session(db.engine()) as session:
                assert len(session.scalars(select(AuditEntry.id)).all()) == left, days
    finally:
        set_environment(AUDIT_RETENTION_DAYS="0")


def test_a_clock_that_goes_back_does_not_open_a_day_that_is_over(database: Engine, log: None, tmp_path: Path) -> None:
    with clock.moved(timedelta(days=-1)), db.session_scope() as session:
        assert audit.record(session, "test", "late").day == clock.today() + timedelta(days=1)
    assert first_faults(tmp_path)[0] == 0


def test_an_entry_needs_the_key(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import settings

    key = settings.get().secret_key.get_secret_value()
    try:
        set_environment(SECRET_KEY="short")
        with pytest.raises(Invalid, match="SECRET_KEY"), db.session_scope() as session:
            audit.record(session, "test", "x")
    finally:
        set_environment(SECRET_KEY=key)


def test_an_act_on_nothing_leaves_what_was_changed_to_the_next_entry(session: Session) -> None:
    one = members.create(session, "one@example.jp", "前の名前", set())
    audit.record(session, "test", "add member")
    one.name = "新しい名前"
    assert audit.record_each(session, "test", "hand over issue", []) == []
    assert audit.record(session, "test", "change name").changes == {
        f"member/{one.id}": {"name": ["前の名前", "新しい名前"]}
    }
