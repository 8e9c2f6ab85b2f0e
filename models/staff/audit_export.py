"""The whole audit log as JSON lines, for somebody who checks it without Kairan (``docs/audit.md``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import audit_day, audit_key
from .audit import AuditEntry

COLUMNS = ("number", "form", "day", "at", "edge", "client", "member_id", "actor", "action", "subject", "detail",
           "changes", "previous", "digest", "key", "signature")  # fmt: skip
"""What an entry has, in the order of columns of a CSV file."""


def lines(session: Session) -> Iterator[str]:
    """Keys, heads of days and entries, a JSON object a line; ``what`` says which it is."""
    for key in audit_key.list_keys(session):
        yield _line(what="key", key=key.id, public_key=key.public_key.hex())
    for one in audit_day.list_days(session):
        yield _line(what="day", day=one.day.isoformat(), number=one.last, digest=one.head,
                    key=one.key_id, signature=one.signature)  # fmt: skip
    query = select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)
    for entry in session.scalars(query):
        yield _line(what="entry", **values(entry))


def values(entry: AuditEntry) -> dict[str, Any]:
    """What an export says of an entry, by the names of :data:`COLUMNS`."""
    return {
        "number": entry.number,
        "form": entry.form,
        "day": entry.day.isoformat(),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "edge": entry.edge,
        "client": entry.client,
        "member_id": entry.member_id,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "changes": entry.changes,
        "previous": entry.previous,
        "digest": entry.digest,
        "key": entry.key_id,
        "signature": entry.signature,
    }


def _line(**content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
