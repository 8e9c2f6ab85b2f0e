"""The examination that a page asked for."""

from __future__ import annotations

import settings
from models.sender_domain import domain_check
from models.sender_domain.domain_check import DomainCheck
from models.store.db import session_scope

from . import examination


def run(check_id: int) -> None:
    """Make an examination that waits. Asking twice makes one."""
    with session_scope() as session:
        # The row stays locked for the minute at most that the DNS may take; nobody else wants it.
        check = session.get(DomainCheck, check_id, with_for_update={"skip_locked": True})
        if check is None or check.finished_at:
            return
        language = settings.get().default_language
        found = examination.examine(session, language)
        domain_check.finish(session, check, found + examination.of_newest_letters(session, language))
