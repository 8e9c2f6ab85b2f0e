"""The keys that newsletters sign their letters with (DKIM, RFC 6376)."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from models.issues import newsletter as newsletters
from models.store import db
from models.store.errors import Invalid
from worker.sending import dkim_keys

from .check_result import CheckResult, Grade

_REMEDY = "Put the file back, or name another key with `kairan dkim set`. Until then its letters wait."


def signing_keys() -> list[CheckResult]:
    """Every newsletter's keys can be read; nothing of one that names none."""
    try:
        with db.session_scope() as session:
            found = [one for one in newsletters.list_all(session) if one.dkim]
            return [_check(one) for one in found]
    except SQLAlchemyError:
        return []  # another check says that the database is away


def _check(newsletter: newsletters.Newsletter) -> CheckResult:
    try:
        dkim_keys.signer(newsletter)
    except Invalid as error:
        return CheckResult("signatures", Grade.BAD, f"{newsletter.slug}: {error}", _REMEDY)
    return CheckResult("signatures", Grade.GOOD, f"{newsletter.slug}: {len(newsletter.dkim)} a letter")
