"""Joining what somebody writes with what somebody else has saved since, as the page of the editor shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError

from models.issues.block import BLOCKS, Block
from models.issues.issue import Issue
from models.issues.versions import content_version
from models.issues.versions.block_difference import FieldDifference, compare_fields
from models.issues.versions.block_merge import MergedBlock, Side, merge_blocks, merge_field
from models.store.errors import NotFound

from ...request import session
from ..login_session import member
from ..versions import content_names
from . import block_document

Json = dict[str, Any]
_FIELDS = ("subject", "preheader", "audience", "dated", "public")


def join(one: Issue, version: int, content: Mapping[str, Any], mine: Sequence[tuple[Block, int]]) -> Json | None:
    """How the text of the page and the stored one join; None where the page's can be stored as it is.

    Arguments:
        version: the number of the version that the page began with. Where there is none like it (the database was
            brought back from a copy, say), nothing is known to be older, and all that differs is a choice.
        content: the fields of the page, read.
        mine: the page's blocks, each with its number in the page's document.
    """
    last = content_version.last_number(session(), one)
    if version == last:
        return None
    base = _base(one, version)
    stored, own = _plain(one.blocks), _plain(block for block, _place in mine)
    merge = merge_blocks(_stored_form(base.get("blocks", [])), own, stored)
    fields = _fields(base, content, content_version.content_of(one))
    taken = merge.taken + sum("value" in field for field in fields.values())
    if not (taken or merge.choices or fields):
        return None
    blocks = [
        _block(place, base.get("blocks", []), own, one.blocks, [number for _block, number in mine])
        for place in merge.blocks
    ]
    moved = sum(block.moved_twice for block in merge.blocks)
    return {"version": last, "blocks": blocks, "fields": fields, "message": _words(_names(one, version), taken, moved)}


def _base(one: Issue, version: int) -> Json:
    try:
        return content_version.get(session(), one, version).content
    except NotFound:
        return {}


def _plain(blocks: Iterable[Block]) -> list[Json]:
    return list(BLOCKS.dump_python(tuple(blocks), mode="json"))


def _stored_form(blocks: list[Json]) -> list[Json]:
    """Blocks of an old version with whatever they have got since, so that the same compares as the same."""
    try:
        return _plain(BLOCKS.validate_python(blocks))
    except ValidationError:
        return blocks


def _block(
    place: MergedBlock, base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Block], numbers: Sequence[int]
) -> Json:
    """A place of the joined text: the number of the page's own block, or the node of the stored one, or both."""
    found: Json = {}
    if place.mine is not None and place.side is not Side.THEIRS:
        found["mine"] = numbers[place.mine]
    if place.theirs is not None and place.side in (Side.THEIRS, Side.CHOICE):
        [found["node"]] = block_document.of((theirs[place.theirs],))["content"]
    if place.side is not Side.CHOICE:
        return found
    my_own = {} if place.mine is None else mine[place.mine]
    [their_own] = [{}] if place.theirs is None else _plain((theirs[place.theirs],))
    before = my_own if place.base is None else base[place.base]
    return {**found, "choice": {"mine": _difference(before, my_own), "theirs": _difference(before, their_own)}}


def _difference(before: Json, after: Json) -> list[Json]:
    """What one side changed, value by value; all of a block that neither began with."""
    names = content_names.fields()
    found = compare_fields(*({name: value for name, value in one.items() if name != "kind"} for one in (before, after)))
    shown = [one for one in found if one.changed] or found
    return [{"name": names.get(one.name, one.name), "pieces": _pieces(one)} for one in shown if after]


def _pieces(field: FieldDifference) -> list[list[str]]:
    return [[piece.mark.value, piece.text] for piece in field.pieces]


def _fields(base: Json, mine: Mapping[str, Any], theirs: Json) -> Json:
    """What becomes of the page's fields, by name: another ``value``, or a choice. Others stay as they are."""
    found: Json = {}
    for name in _FIELDS:
        was, my_own, their_own = (_typed(values.get(name)) for values in (base, mine, theirs))
        side = merge_field(was if base else None, my_own, their_own).side
        if side is Side.THEIRS:
            found[name] = {"value": their_own}
        elif side is Side.CHOICE:
            shown = [compare_fields({name: was}, {name: own}) for own in (my_own, their_own)]
            pieces = [[_pieces(one) for one in fields] for fields in shown]
            found[name] = {
                "mine": my_own,
                "theirs": their_own,
                "pieces": [parts[0] if parts else [] for parts in pieces],
            }
    return found


def _typed(value: Any) -> str:
    """A value as the page's form has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _names(one: Issue, version: int) -> str:
    """Who has saved since, in words."""
    found: list[str] = []
    for person in content_version.writers_since(session(), one, version):
        if person is None:
            found.append(_("a command"))
        elif person.id == member().id:
            found.append(_("you, in another tab"))
        else:
            found.append(_("{name}").format(name=person.name or person.address))
    return str(_(", ")).join(found) or str(_("somebody else"))


def _words(names: str, taken: int, moved: int) -> Json:
    words = _("Took over changes by %(names)s in %(count)s places.", names=names, count=taken) if taken else ""
    if moved:
        words += _("Blocks that both of you moved: %(count)s. They stand where you put them.", count=moved)
    return {"names": names, "taken": words}
