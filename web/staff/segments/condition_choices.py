"""What a form offers: the kinds of conditions of a newsletter, in which way each compares, and among what to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext

from models.issues.newsletter import Newsletter, Tracking
from models.issues.segments import reading
from models.issues.segments.condition import HOWS, READING, How, What

from ...language import _
from ...request import session

_KINDS: dict[What, Any] = {
    What.AUDIENCE: lazy_gettext("Audience"),
    What.TOPIC: lazy_gettext("Chosen topic"),
    What.LANGUAGE: lazy_gettext("Language"),
    What.DOMAIN: lazy_gettext("End of the address"),
    What.JOINED: lazy_gettext("Day of signing up"),
    What.READ_ISSUE: lazy_gettext("Has read an issue"),
    What.READ_TOPIC: lazy_gettext("Has read articles on a topic"),
    What.READ_RECENT: lazy_gettext("Has read one of the last issues"),
}
_HOWS: dict[How, Any] = {
    How.IS: lazy_gettext("is one of"),
    How.CONTAINS: lazy_gettext("contains"),
    How.BEGINS: lazy_gettext("begins with"),
    How.EMPTY: lazy_gettext("is empty"),
    How.FROM: lazy_gettext("on this day or later"),
    How.UNTIL: lazy_gettext("on this day or before"),
    How.WITHIN: lazy_gettext("in the last days (how many)"),
}
_HINTS: dict[What, Any] = {
    What.TOPIC: lazy_gettext("Readers who chose no topic get everything, so they count as having chosen each."),
    What.DOMAIN: lazy_gettext("Such as lg.jp. Addresses below it count, too."),
    What.JOINED: lazy_gettext("A day such as 2026-04-01, or a number of days such as 30."),
    What.READ_ISSUE: lazy_gettext("One of these is enough. Readers who did not get the issue, or refused to be "
                                  "recorded, count neither as having read it nor as not having read it."),
    What.READ_TOPIC: lazy_gettext("Readers who refused to be recorded count neither as having read nor as not."),
    What.READ_RECENT: lazy_gettext("How many of the last issues, from 1 to 24. Readers who got none of them, or "
                                   "refused to be recorded, count neither as having read nor as not."),
}  # fmt: skip


_VALUES: dict[What, Any] = {
    What.DOMAIN: lazy_gettext("Ends with"),
    What.FIELD: lazy_gettext("Answer"),
    What.JOINED: lazy_gettext("Day, or number of days"),
    What.READ_RECENT: lazy_gettext("How many issues"),
}


class Kind(NamedTuple):
    """One kind of condition that a form can add."""

    name: str
    """What the form sends: the thing asked, or ``field:NAME``."""
    label: str
    hows: list[tuple[str, str]]
    """Ways to compare, where there are several."""
    options: list[tuple[str, str]] | None
    """Among what to choose; None where it is written."""
    hint: str
    value_label: str
    """What is written, where nothing is chosen."""
    single: bool
    """Whether there is one value."""

    def gone(self, values: Iterable[str]) -> list[tuple[str, str]]:
        """What was chosen and is not offered any more, so that a form does not lose it."""
        offered = {value for value, _label in self.options or ()}
        return [(value, _("%(name)s (no longer offered)", name=value)) for value in values if value not in offered]


def kinds(newsletter: Newsletter) -> dict[str, Kind]:
    """Every kind, by its name, in the order of the list that a form offers."""
    options = _options(newsletter)
    found = [_kind(what.value, what, str(label), options.get(what)) for what, label in _KINDS.items()]
    fields = [
        _kind(f"{What.FIELD.value}:{field['name']}", What.FIELD, str(field.get("label") or field["name"]), None)
        for field in newsletter.fields
    ]
    return {one.name: one for one in (*found[:4], *fields, *found[4:])}


def offered(newsletter: Newsletter, known: Iterable[Kind]) -> list[tuple[str, str]]:
    """What can be added: nothing about reading where nobody knows, nothing to be chosen among where there is none."""
    asked = newsletter.tracking is Tracking.INDIVIDUAL
    return [
        (one.name, one.label)
        for one in known
        if (asked or one.name not in {what.value for what in READING}) and one.options != []
    ]


def _kind(name: str, what: What, label: str, options: list[tuple[str, str]] | None) -> Kind:
    hows = [(how.value, str(_HOWS[how])) for how in HOWS[what]] if len(HOWS[what]) > 1 else []
    hint = str(_HINTS.get(what, ""))
    return Kind(
        name, label, hows, options, hint, str(_VALUES.get(what, "")), single=what in (What.JOINED, What.READ_RECENT)
    )


def _options(newsletter: Newsletter) -> dict[What, list[tuple[str, str]]]:
    topics = [(one.slug, one.name) for one in newsletter.topics]
    return {
        What.AUDIENCE: [(one.slug, one.name) for one in newsletter.audiences],
        What.TOPIC: topics,
        What.READ_TOPIC: topics,
        What.LANGUAGE: [("ja", _("Japanese")), ("en", _("English"))],
        What.READ_ISSUE: [
            (str(one.number), _("Issue %(number)s “%(subject)s”", number=one.number, subject=one.subject))
            for one in reading.list_askable(session(), newsletter)
        ],
    }
