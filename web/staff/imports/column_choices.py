"""What a column of a list can hold, in words for whoever says it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from models.imports.headings import NOTHING
from models.imports.import_job import ImportState
from models.imports.reader_status import ReaderStatus
from models.issues.newsletter import Newsletter

from ...language import _

FIELDS: dict[str, Any] = {
    "address": lazy_gettext("Mail address"),
    "name": lazy_gettext("Whole name"),
    "family_name": lazy_gettext("Family name alone"),
    "given_name": lazy_gettext("Given name alone"),
    "middle_name": lazy_gettext("Middle name"),
    "nickname": lazy_gettext("Nickname"),
    "kana": lazy_gettext("Reading of the name (kana)"),
    "family_kana": lazy_gettext("Reading of the family name"),
    "given_kana": lazy_gettext("Reading of the given name"),
    "organisation": lazy_gettext("Company or organisation"),
    "department": lazy_gettext("Department"),
    "audience": lazy_gettext("Audience"),
    "topics": lazy_gettext("Topics"),
    "source": lazy_gettext("Where the person agreed"),
    "language": lazy_gettext("Language"),
    "status": lazy_gettext("State, such as “subscribed” or “unsubscribed”"),
    "stopped": lazy_gettext("Mark or day of those who get no letters any more"),
    "bounced": lazy_gettext("Mark of those who cannot be reached"),
    "wanted": lazy_gettext("Mark of those who want letters"),
}
STATUS: dict[ReaderStatus, Any] = {
    ReaderStatus.ACTIVE: lazy_gettext("wants letters: take in"),
    ReaderStatus.UNCONFIRMED: lazy_gettext("has not agreed yet: do not take in"),
    ReaderStatus.UNSUBSCRIBED: lazy_gettext("wants no letters"),
    ReaderStatus.BOUNCED: lazy_gettext("cannot be reached"),
    ReaderStatus.COMPLAINED: lazy_gettext("has complained"),
    ReaderStatus.BLOCKED: lazy_gettext("is blocked"),
}
STATES: dict[ImportState, Any] = {
    ImportState.UPLOADED: lazy_gettext("being read"),
    ImportState.READ: lazy_gettext("columns to be said"),
    ImportState.MAPPED: lazy_gettext("being tried"),
    ImportState.CHECKED: lazy_gettext("tried, not taken in yet"),
    ImportState.RUNNING: lazy_gettext("being taken in"),
    ImportState.DONE: lazy_gettext("taken in"),
    ImportState.CANCELLED: lazy_gettext("cancelled (import)"),
    ImportState.FAILED: lazy_gettext("stopped by an error"),
    ImportState.UNDOING: lazy_gettext("being undone"),
    ImportState.UNDONE: lazy_gettext("undone"),
}
COUNTS: dict[str, Any] = {
    "added": lazy_gettext("New"),
    "known": lazy_gettext("Already there, or left before"),
    "filled": lazy_gettext("of these, blanks filled in"),
    "suppressed": lazy_gettext("Suppressed, and stay so"),
    "stopped": lazy_gettext("The list says: no letters"),
    "repeated": lazy_gettext("The same address again in the list"),
    "refused": lazy_gettext("Cannot be taken in"),
    "kept": lazy_gettext("Stayed when it was undone, as another list names them"),
}


def fields(newsletter: Newsletter) -> list[tuple[str, str]]:
    """What a form offers for each column."""
    own = [(str(one["name"]), str(one.get("label") or one["name"])) for one in newsletter.fields]
    return [
        ("", _("— Choose —")),
        (NOTHING, _("Do not take in")),
        *((name, str(label)) for name, label in FIELDS.items()),
        *own,
    ]


def states() -> list[tuple[str, str]]:
    """What a form offers for a status word that nobody knows."""
    return [("", _("— Choose —")), *((one.value, str(label)) for one, label in STATUS.items())]


def counted(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Counts with their words, in the order of a table; what there cannot be is left out."""
    return [(name, str(label), counts[name]) for name, label in COUNTS.items() if name in counts]
