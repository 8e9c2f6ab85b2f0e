"""What may not stand in a newsletter, as far as only letters know: its look. For pages, commands and files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from models.issues import newsletter_edit

from ..translations import Phrase, phrase
from . import theme
from .letter import Theme


def look_faults(look: Mapping[str, Any]) -> dict[str, Phrase]:
    """What is wrong with a look, by the field to change."""
    known = {field.name for field in fields(Theme)}
    for name in look:
        if name not in known:
            names = ", ".join(sorted(known))
            return {"look": phrase("“{name}” is not known in “look”. Known are: {names}", name=name, names=names)}
    return {problem.field: problem.words for problem in reversed(theme.check(Theme(**look)))}


def first_fault(values: Mapping[str, Any]) -> tuple[str, Phrase] | None:
    """What is wrong with a newsletter's values in a file: the key and why."""
    found = newsletter_edit.faults({name: value for name, value in values.items() if value and name != "fields"})
    for name, why in found.items():
        return name, why
    if (fault := newsletter_edit.fields_fault(values.get("fields", []), labelled=False)) is not None:
        return "fields", fault
    for why in look_faults(values.get("look", {})).values():
        return "look", why
    return None
