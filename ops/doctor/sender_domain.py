"""The sender's domain as receivers see it, and one letter; where letters are caught, only when somebody asks."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

import settings
from models.issues import issue as issues
from models.sender_domain.domain_finding import DomainFinding
from models.store import db
from templates.sender_domain import finding_words
from worker.sender_domain import examination

from ..cli.messages.spoken import language
from .check_result import CheckResult, Grade


def sender_domains() -> list[CheckResult]:
    """Every newsletter's domain, the servers, and our address."""
    if settings.get().kairan_mailbox:
        return [CheckResult("domains", Grade.GOOD, "not examined, as letters stay on this machine: --domains does")]
    return examined()


def examined() -> list[CheckResult]:
    """The same wherever letters go."""
    try:
        with db.session_scope() as session:
            return [_result(one) for one in examination.examine(session, language())]
    except SQLAlchemyError:
        return []  # another check says that the database is away


def letter(issue_id: int) -> list[CheckResult]:
    """What receivers would find wrong with the letter of an issue.

    Raises:
        NotFound: there is no such issue.
    """
    with db.session_scope() as session:
        return [_result(one) for one in examination.of_letter(session, issues.get(session, issue_id), language())]


def _result(found: DomainFinding) -> CheckResult:
    said = language()
    about = f"{found.newsletter}: " if found.newsletter else ""
    message = about + finding_words.message(found, said)
    return CheckResult(finding_words.part(found, said), finding_words.grade(found), message,
                       finding_words.remedy(found, said), found.zone)  # fmt: skip
