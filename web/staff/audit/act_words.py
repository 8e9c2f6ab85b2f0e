"""Entries of the audit log in sentences: who did what to which thing, and what it was before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from models.reports.audit_search import AuditNames
from models.staff.audit import AuditEntry
from models.store.clock import TOKYO

from ...language import _, of_each_language
from . import act_names, thing_names, value_names

_DIGEST = re.compile("[0-9a-f]{64}")
acts, columns, details, values, parts, kinds, ways, patterns = map(
    of_each_language,
    (
        act_names.acts, value_names.columns, value_names.details, value_names.values,
        thing_names.parts, thing_names.kinds, thing_names.ways, thing_names.patterns,
    ),
)  # fmt: skip
"""A printed log asks for them a thousand times."""


class Thing(NamedTuple):
    """What was acted on."""

    name: str
    issue_id: int | None = None
    """Of an issue, which has a page."""


class ValueChange(NamedTuple):
    """One value, before and after."""

    of: str
    """Whose it is, where that is not the thing of the entry."""
    column: str
    before: str
    after: str


class Said(NamedTuple):
    """An entry as the page shows it."""

    entry: AuditEntry
    person: str
    sentence: str
    """What the person did, without the person."""
    thing: Thing
    changes: list[ValueChange]
    details: list[tuple[str, str]]
    place: str

    @property
    def whole(self) -> str:
        """The sentence with the person."""
        return patterns()["entry"] % {"person": self.person, "act": self.sentence}


def say(entry: AuditEntry, names: AuditNames) -> Said:
    """An entry in words of the page's language."""
    thing = thing_of(entry.subject, names)
    words = acts().get(entry.action)
    sentence = (
        words % {"thing": thing.name or patterns()["nothing"]}
        if words
        else patterns()["unknown act"] % {"action": entry.action, "thing": thing.name}
    )
    return Said(
        entry,
        person_of(entry, names),
        sentence,
        thing,
        list(_changes(entry, names)),
        [(details().get(name) or columns().get(name, name), value_of(value)) for name, value in _told(entry, names)],
        place_of(entry),
    )


def person_of(entry: AuditEntry, names: AuditNames) -> str:
    """Who acted: name and address of a person, else the command or part."""
    member = names.members.get(f"member/{entry.member_id}")
    if member:
        return patterns()["person"] % {"name": member.name, "address": entry.actor}
    return parts().get(entry.actor, entry.actor)


def thing_of(subject: str, names: AuditNames) -> Thing:
    """The name of what the log calls *subject*."""
    kind, _slash, rest = subject.partition("/")
    if issue := names.issues.get(subject):
        return Thing(patterns()["issue"] % {"number": issue.number, "subject": issue.subject}, issue.id)
    if newsletter := names.newsletters.get(subject):
        return Thing(patterns()["newsletter"] % {"name": newsletter.name})
    if member := names.members.get(subject):
        return Thing(member.name or member.address)
    words = kinds().get(kind)
    return Thing(words % {"rest": rest, "name": rest} if words else subject)


def place_of(entry: AuditEntry) -> str:
    """By which way it was done, and from which network address."""
    return " ".join(filter(None, [ways().get(entry.edge, entry.edge), entry.client]))


def value_of(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "" or value == [] or value == {}:
        return _("(none)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if set(value) == {"characters", "digest"}:
            return _("a text of %(count)s characters (digest %(digest)s…)",
                     count=f"{value['characters']:,}", digest=value["digest"])  # fmt: skip
        return _(", ").join(f"{details().get(name, name)} {value_of(one)}" for name, one in value.items())
    if isinstance(value, list):
        return _(", ").join(map(value_of, value))
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            return f"{value[:16]}…"
        return values().get(value) or _moment(value) or value
    return f"{value:,}" if isinstance(value, int) else str(value)


def _moment(text: str) -> str:
    if len(text) < 19 or text[10:11] != "T":
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return at.astimezone(TOKYO).strftime("%Y/%m/%d %H:%M") if at.tzinfo else ""


def _told(entry: AuditEntry, names: AuditNames) -> Iterator[tuple[str, Any]]:
    """Details that say more than the changes do."""
    changed = {column for columns_of in entry.changes.values() for column in columns_of}
    changed |= {"roles"} if entry.action == "set roles" else set()
    for name, value in entry.detail.items():
        if value not in ("", None, [], {}) and name not in changed and name not in ("before", "changed"):
            newsletter = names.newsletters.get(f"newsletter/{value}") if name == "newsletter" else None
            yield name, newsletter.name if newsletter else value


def _changes(entry: AuditEntry, names: AuditNames) -> Iterator[ValueChange]:
    if entry.action == "set roles":
        before, after = (value_of(entry.detail.get(name)) for name in ("before", "roles"))
        yield ValueChange("", details()["roles"], before, after)
    said = entry.detail.get("changed")
    for column, pair in said.items() if isinstance(said, dict) else ():
        if isinstance(pair, list) and len(pair) == 2 and column not in entry.changes.get(entry.subject, {}):
            yield ValueChange("", columns().get(str(column), str(column)), value_of(pair[0]), value_of(pair[1]))
    for row, changed in entry.changes.items():
        of = "" if row == entry.subject or len(entry.changes) == 1 else thing_of(row, names).name
        for column, (before, after) in changed.items():
            if column.endswith("_id"):
                before, after = (_called(column, one, names) for one in (before, after))
            yield ValueChange(of, columns().get(str(column), str(column)), value_of(before), value_of(after))


def _called(column: str, value: Any, names: AuditNames) -> Any:
    member = names.members.get(f"member/{value}")
    return member.name if member else value
