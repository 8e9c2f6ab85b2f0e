"""How many readers an issue has, on a page: at once where that is quick, else as counted last or when asked for."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from models.deliveries.recipients import Recipients
from models.deliveries.scheduling import recipient_count
from models.deliveries.scheduling.recipient_count import RecipientCount
from models.issues.issue import Issue
from models.store.errors import Invalid

from ..language import language
from ..navigation import with_query
from ..request import session


class IssueCount:
    """The readers of one issue, asked for once, when first needed."""

    def __init__(self, issue: Issue, *, anew: bool) -> None:
        self._issue, self._anew = issue, anew
        self._asked = False
        self._found: RecipientCount | None = None
        self.problem: Invalid | None = None
        """Why they cannot be counted."""

    @property
    def found(self) -> RecipientCount | None:
        """The number; None where nobody has counted, or nobody can."""
        if not self._asked:
            self._asked = True
            try:
                ask = recipient_count.count if self._anew else recipient_count.known
                self._found = ask(session(), self._issue)
            except Invalid as error:
                self.problem = error
        return self._found

    def told(self, _session: Session, _issue: Issue) -> Recipients | None:
        """The number, as preflight asks for it.

        Raises:
            Invalid: nobody can count them.
        """
        found = self.found
        if self.problem:
            raise self.problem
        return found.found if found else None

    def values(self) -> dict[str, Any]:
        """What templates show of it."""
        found = self.found
        return {
            "counted": found, "countable": self.problem is None, "count_address": with_query(count="now"),
            "count_problem": self.problem.say(language()) if self.problem else "",
        }  # fmt: skip


def of_request(issue: Issue) -> IssueCount:
    """The readers of *issue* for this page; with ``?count=now`` counted anew, however long that takes."""
    return IssueCount(issue, anew=request.args.get("count") == "now")
