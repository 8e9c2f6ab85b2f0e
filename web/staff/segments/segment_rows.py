"""The rows of a form of conditions: from a tree, as they were typed, changed by its buttons, and back to a tree.

Every button sends the whole form, so it works without scripts, and nothing that was typed is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request
from pydantic import ValidationError

from models.issues.segments import condition as conditions
from models.issues.segments.condition import Condition, Group, Tree, What
from models.store import input_rule
from models.store.phrase import Phrase, phrase

GROUP = "group"
MOST_ROWS = 100
"""Rows that a form may have; more are a mistake of some program."""


@dataclass
class ConditionRow:
    """A condition, or a group with its own rows, as a form shows it."""

    key: str
    """Behind the names of its fields."""
    kind: str
    """As in :class:`.condition_choices.Kind`, or :data:`GROUP`."""
    how: str = ""
    values: list[str] = field(default_factory=list)
    negated: bool = False
    match: str = "all"
    rows: list[ConditionRow] = field(default_factory=list)
    """Of a group."""


@dataclass
class SegmentForm:
    """All rows, and whether a reader must meet all of them or any."""

    match: str = "all"
    rows: list[ConditionRow] = field(default_factory=list)
    next_key: int = 1

    def new_key(self) -> str:
        """A key that no row has."""
        self.next_key += 1
        return str(self.next_key - 1)


def of_tree(tree: Tree | None) -> SegmentForm:
    """The form that shows a tree; None is everybody."""
    form = SegmentForm(tree.match.value if tree else "all")
    form.rows = [_row(form, part) for part in (tree.of if tree else ())]
    return form


def _row(form: SegmentForm, part: Condition | Group) -> ConditionRow:
    key = form.new_key()
    if isinstance(part, Group):
        inner = [_row(form, one) for one in part.of]
        return ConditionRow(key, GROUP, match=part.match.value, negated=part.negated, rows=inner)
    kind = f"{part.what.value}:{part.name}" if part.name else part.what.value
    return ConditionRow(key, kind, part.how.value, list(part.values), part.negated)


def typed() -> SegmentForm:
    """The form as it was sent."""
    form = SegmentForm(_match(""))
    groups: dict[str, ConditionRow] = {}
    for key in dict.fromkeys(request.form.getlist("row")[:MOST_ROWS]):
        row = ConditionRow(key, request.form.get(f"kind-{key}", ""), request.form.get(f"how-{key}", ""))
        row.values = [value for one in request.form.getlist(f"values-{key}") if (value := input_rule.line(one))]
        row.negated, row.match = request.form.get(f"negated-{key}") == "yes", _match(key)
        parent = groups.get(request.form.get(f"in-{key}", ""))
        if row.kind == GROUP:
            groups[key] = row
        (form.rows if parent is None or row.kind == GROUP else parent.rows).append(row)
        number = input_rule.whole_number(key, most=10_000)
        form.next_key = max(form.next_key, (number or 0) + 1)
    return form


def _match(key: str) -> str:
    sent = request.form.get(f"match-{key}", "all")
    return sent if sent in ("all", "any") else "all"


def act(form: SegmentForm, action: str) -> str:
    """Do what a button says; returns the key of the row to go on at, or nothing."""
    verb, _colon, key = action.partition(":")
    if verb == "group":
        form.rows.append(ConditionRow(form.new_key(), GROUP, match="any"))
        return form.rows[-1].key
    if verb == "add":
        return _add(form, key)
    for rows in (form.rows, *(row.rows for row in form.rows)):
        place = next((place for place, row in enumerate(rows) if row.key == key), None)
        if place is not None:
            return _move(rows, place, verb)
    return ""


def _add(form: SegmentForm, parent: str) -> str:
    rows = next((row.rows for row in form.rows if row.key == parent and row.kind == GROUP), form.rows)
    row = ConditionRow(form.new_key(), request.form.get(f"new-{parent}", ""))
    rows.append(row)
    return row.key


def _move(rows: list[ConditionRow], place: int, verb: str) -> str:
    if verb == "remove":
        del rows[place]
        return rows[min(place, len(rows) - 1)].key if rows else ""
    other = place + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        return rows[other].key
    return rows[place].key


def read(form: SegmentForm) -> tuple[Tree | None, dict[str, Phrase]]:
    """The tree that a form says, None for everybody; and by field what is wrong, where anything is.

    A group without conditions says nothing, and is left out.
    """
    faults: dict[str, Phrase] = {}
    parts: list[Any] = []
    for row in form.rows:
        if row.kind == GROUP:
            inner = [made for one in row.rows if (made := _condition(one, faults))]
            if inner:
                parts.append({"match": row.match, "negated": row.negated, "of": inner})
        elif made := _condition(row, faults):
            parts.append(made)
    if faults or not parts:
        return None, faults
    try:
        return Tree.model_validate({"match": form.match, "of": parts}), {}
    except ValidationError as error:
        return None, {"": _said(error)}


def _condition(row: ConditionRow, faults: dict[str, Phrase]) -> Condition | None:
    what, _colon, name = row.kind.partition(":")
    try:
        values = [] if row.how == "empty" else row.values
        how = {"how": row.how} if row.how else {"how": "from"} if what == What.JOINED.value else {}
        return Condition.model_validate({"what": what, "name": name, "values": values, "negated": row.negated, **how})
    except ValidationError as error:
        faults[f"values-{row.key}"] = _said(error)
        return None


def _said(error: ValidationError) -> Phrase:
    return conditions.fault(error) or phrase("this is longer than {longest} characters: shorten it", longest=1000)
