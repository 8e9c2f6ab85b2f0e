"""Two issues of a newsletter side by side."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.issues import issue as issues
from models.issues import issue_list
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.reports.tables import comparison
from models.reports.tables.issue_tables import IssueTables
from models.store.errors import NotFound
from models.store.phrase import phrase

from ...request import session
from .. import access
from ..login_session import blueprint
from . import table_files


@blueprint.get("/reports/compare")
def compare_issues() -> ResponseReturnValue:
    """The form, and what the ranges of two issues allow to say."""
    every = access.list_newsletters()
    if not every:
        return render_template("staff/reports/compare.html", newsletter=None)
    newsletter = access.newsletter()
    sent = [one for one in issue_list.newest_of(session(), newsletter.id) if one.prepared_at is not None]
    chosen = _chosen(newsletter, sent)
    tables = [IssueTables(session(), one) for one in chosen] if len(chosen) == 2 else []
    return render_template(
        "staff/reports/compare.html",
        chosen_newsletter=newsletter,
        newsletters=every,
        sent=sent,
        chosen=chosen,
        tables=tables,
        comparison=comparison.compare(*tables) if tables else None,
    )


@blueprint.get("/reports/compare.<ending>")
def comparison_table(ending: str) -> ResponseReturnValue:
    """What is compared, as a file."""
    newsletter = access.newsletter()
    chosen = _chosen(newsletter, [])
    if len(chosen) != 2:
        raise NotFound(phrase("there is no such table"))
    found = comparison.compare(*(IssueTables(session(), one) for one in chosen))
    return table_files.download(found, f"{newsletter.slug}-{chosen[0].number}-{chosen[1].number}", ending)


def _chosen(newsletter: Newsletter, sent: list[Issue]) -> list[Issue]:
    """The issues that the address names; the two newest of *sent* where it names none.

    Raises:
        NotFound: one of them is not there, has not gone out, or is another newsletter's.
    """
    named = [request.args.get(name, type=int) for name in ("first", "second")]
    if None in named:
        return sent[1::-1] if len(sent) > 1 else []
    found = [issues.get(session(), number) for number in named if number is not None]
    for one in found:
        if one.newsletter_id != newsletter.id or one.prepared_at is None:
            raise NotFound(phrase("issue {issue_id} has not gone out yet", issue_id=one.id))
    return found
