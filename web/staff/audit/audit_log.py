"""The page of the audit log: searched, saved as CSV, printed, with the head that is to be noted elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from models.reports import audit_search
from models.reports.audit_search import PER_PAGE, AuditSearch
from models.staff import audit
from models.staff.audit import AuditEntry
from models.staff.audit_export import COLUMNS
from models.staff.audit_export import values as exported
from models.staff.permission import Permission
from models.store import input_rule
from models.store.clock import now

from ...language import _
from ...request import session
from .. import access
from ..csv_download import csv_attachment
from ..login_session import blueprint
from . import act_words

MOST_PRINTED = 1000


@blueprint.get("/audit")
def audit_log() -> ResponseReturnValue:
    """Who did what, the latest first; searched by person, thing, act and days, or one entry."""
    printed = request.args.get("view") == "print"
    most = MOST_PRINTED if printed else PER_PAGE
    search, wrong = _search()
    before = _number("before")
    found: Sequence[AuditEntry] = () if wrong else audit_search.page(session(), search, before, most)
    entries = found[:most]
    names = audit_search.names(session(), entries)
    page = render_template(
        "staff/audit/audit_log.html",
        said=[act_words.say(entry, names) for entry in entries],
        more=entries[-1].number if len(found) > most else None,
        before=before,
        search=search,
        asked={name: request.args.get(name, "") for name in ("person", "thing", "act", "from", "to")},
        acts=() if printed else _choices(),
        wrong=wrong,
        head=audit.head(session()),
        printed=printed,
        most=most,
        now=now(),
    )
    return page, 422 if wrong else 200


@blueprint.get("/audit.csv")
def audit_csv() -> ResponseReturnValue:
    """Every entry that is found, the oldest first, with all that docs/verify/audit-verify.py needs."""
    search, wrong = _search()
    if wrong:
        abort(404)
    return csv_attachment("audit-log.csv", (*COLUMNS, "sentence"), _rows(search))


def newsletters_shown() -> set[int] | None:
    """The newsletters whose entries the person who asks may read; None: everything."""
    seen = access.scope(Permission.READ_AUDIT)
    return None if seen.every else set(seen.newsletter_ids)


def _rows(search: AuditSearch) -> Iterator[Sequence[object]]:
    for portion in audit_search.portions(session(), search):
        names = audit_search.names(session(), portion)
        for entry in portion:
            whole = act_words.say(entry, names).whole
            yield [*(_cell(value) for value in exported(entry).values()), whole]


def _cell(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else value


def _search() -> tuple[AuditSearch, dict[str, str]]:
    """What is asked for, and by field what is wrong with it."""
    wrong: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(typed) if (typed := request.args.get(name, "").strip()) else None
        except ValueError:
            wrong[name] = _("Write days like 2026-12-01.")
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("person", "thing", "act")}
    found = AuditSearch(
        asked["person"], asked["thing"], asked["act"], days.get("from"), days.get("to"), newsletters_shown(),
        _number("entry"),
    )  # fmt: skip
    return found, wrong


def _number(name: str) -> int | None:
    """The number of an entry in the query: links with it stay the same whatever is added to the log."""
    typed = request.args.get(name, "")
    if not typed:
        return None
    number = input_rule.whole_number(typed, most=input_rule.MAX_INTEGER)
    if number is None:
        abort(404)
    return number


def _choices() -> list[tuple[str, str]]:
    """Acts that the log knows, by name, for a list to choose from."""
    words = act_words.acts()
    named = [(one, (words.get(one, one) % {"thing": "…"}) if one in words else one)
             for one in audit_search.actions(session(), newsletters_shown())]  # fmt: skip
    return [("", _("Every act")), *sorted(named, key=lambda pair: pair[1])]
