"""Before and after: what a transaction changes in rows that staff decide on, collected for the audit log.

:func:`models.staff.audit.record` takes what was collected so far into its entry. What a page or command has changed
without an entry gets one when it is committed (:func:`models.staff.audit.record_unrecorded`), so that nothing that
staff change goes by unseen because somebody forgot a line of code.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.dml import UpdateBase

from ..store.log_redaction import redact

TABLES = frozenset(
    {
        "newsletter",
        "topic",
        "audience",
        "issue",
        "article",
        "member",
        "lane",
        "relay",
        "proposal",
        "approval",
        "image",
        "issue_template",
    }
)
"""Rows that staff decide on. Readers' rows are none of them: the log holds no personal data of readers."""
_SECRET = ("password", "secret", "hash", "nonce", "token", "key", "url")
_DERIVED = frozenset(
    {"updated_at", "last_login_at", "session_number", "revision", "words", "grams", "article_slugs", "content"}
)
_ANSWERS = frozenset({"trouble", "pause_reason"})
"""What may quote a relay's answer, and with it a reader's address."""
_KEY = "changes for the audit log"
_LONGEST = 200


class Changes(NamedTuple):
    """What one transaction has changed."""

    values: dict[str, dict[str, list[Any]]]
    """By row (``issue/12``) and column: before and after."""
    rows: dict[str, str]
    """By row, or by table where a statement changed many: ``created``, ``deleted`` or ``changed``."""


def take(session: Session) -> Changes:
    """What was changed since this was asked last; forgotten here."""
    found: Changes = session.info.pop(_KEY, None) or Changes({}, {})
    return found


def waiting(session: Session) -> Changes:
    """What was changed since; it stays to be taken."""
    found: Changes = session.info.get(_KEY) or Changes({}, {})
    return found


def plain(value: Any) -> Any:
    """*value* as the log keeps it: what JSON can hold, read back as it was; long texts as their length and digest."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, float):  # 2.0 would come back from the database as it pleases
        return int(value) if value.is_integer() else value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return str(value)


def _brief(value: Any, column: str) -> Any:
    kept = plain(redact(value) if column in _ANSWERS and isinstance(value, str) else value)
    text = kept if isinstance(kept, str) else json.dumps(kept, ensure_ascii=False, sort_keys=True)
    if len(text) <= _LONGEST:
        return kept
    return {"characters": len(text), "digest": sha256(text.encode("utf-8", "replace")).hexdigest()[:16]}


def _of(session: Session) -> Changes:
    found: Changes = session.info.setdefault(_KEY, Changes({}, {}))
    return found


def _name(row: Any) -> str:
    state = inspect(row)
    key = state.identity or state.mapper.primary_key_from_instance(row)
    return f"{row.__tablename__}/{'-'.join(map(str, key))}"


def _shown(column: str) -> bool:
    return column not in _DERIVED and not any(word in column for word in _SECRET)


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: object) -> None:
    for what, rows in (("created", session.new), ("deleted", session.deleted)):
        for row in rows:
            if getattr(row, "__tablename__", "") in TABLES:
                _of(session).rows[_name(row)] = what
    for row in session.dirty:
        if getattr(row, "__tablename__", "") in TABLES:
            _collect_values(session, row)


def _collect_values(session: Session, row: Any) -> None:
    state = inspect(row)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if not history.has_changes() or not _shown(column.key):
            continue
        of_row = _of(session).values.setdefault(_name(row), {})
        before, after = (_brief((values or [None])[0], column.key) for values in (history.deleted, history.added))
        of_row[column.key] = [of_row.get(column.key, [before])[0], after]


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """A statement that changes many rows at once goes by the objects of the session."""
    if isinstance(state.statement, UpdateBase) and not state.is_select:
        table = getattr(state.statement, "table", None)
        name = str(getattr(table, "name", ""))
        if name in TABLES:
            _of(state.session).rows.setdefault(name, "changed")


@event.listens_for(Session, "after_soft_rollback")
@event.listens_for(Session, "after_commit")
def _forget(session: Session, *_previous: object) -> None:
    session.info.pop(_KEY, None)
