"""Letter → HTML: one document with its styles inlined, before any reader's values are filled in."""

from __future__ import annotations

import re

from markupsafe import Markup

from ..content.errors import CannotRender
from ..content.letter import Letter
from ..content.links import Links
from ..content.merge import evaluated, normalised
from ..content.slot import Escape, Slots
from ..typography.line_breaks import columns
from . import frame
from .block_view import BlockView, content_id, heading_levels, loose_ends
from .css_inline import inline

__all__ = ["content_id", "render", "styled"]

_PREVIEW = 120
"""Columns that lists of mails show at most behind a subject, as far as known."""
_TYPICAL_NAME = "山田太郎"
_FIRST_TAG = re.compile(r"<[a-z][a-z0-9]*")


def render(letter: Letter, slots: Slots, links: Links) -> str:
    """The letter's HTML part, complete and inlined; slots are markers.

    Render HTML before text: both share the numbers of *links*.

    Arguments:
        letter: what it says.
        slots: gets every slot that the letter uses.
        links: gets every link that the letter carries.

    Raises:
        CannotRender: an article, picture, address or template in it cannot be used; names the block.
    """
    return inline(styled(letter, slots, links))


def styled(letter: Letter, slots: Slots, links: Links, *, mark: str = "") -> str:
    """The letter's HTML before its styles are inlined.

    Arguments:
        mark: an attribute for the first element of each block, by which a preview finds it. No letter has any.
    """
    letter = evaluated(letter, slots, Escape.HTML)
    view = BlockView(letter, links)
    correction = view.prose(letter.correction_note)
    parts: list[tuple[Markup, bool]] = []
    apart = loose_ends(letter.blocks)
    for position, (block, level) in enumerate(zip(letter.blocks, heading_levels(letter.blocks), strict=True), 1):
        try:
            part = view.block(block, level)
            parts.append((_marked(part, mark) if mark else part, position - 1 in apart))
        except CannotRender as error:
            raise error.at(position) from error
    document = frame.document(
        "letter.html",
        language=letter.language,
        subject=letter.subject,
        heading=letter.subject,
        sender=letter.sender,
        theme=letter.theme,
        why=view.say.why(letter.sender.newsletter),
        letter=letter,
        view=view,
        links=links,
        correction=correction,
        parts=parts,
        padding=_padding(slots.pattern.sub(_TYPICAL_NAME, letter.preheader)),
    )
    return normalised(document)


def _marked(part: Markup, mark: str) -> Markup:
    """*part* with *mark* in its first element; one that shows nothing gets an element that shows nothing."""
    found = _FIRST_TAG.search(part)
    if not found:
        return Markup(f"<span {mark}></span>") + part  # noqa: S704 (a mark of our own)
    return Markup(f"{part[: found.end()]} {mark}{part[found.end() :]}")  # noqa: S704 (rendered already)


def _padding(preheader: str) -> str:
    """What fills the rest of a preview, so that no list of mails shows the first lines of the letter there.

    Ideographic spaces: they are no white space that HTML joins into one, and every Japanese encoding has them, so that
    a gateway or a text browser which shows them shows less than a line of nothing, and no question marks.
    """
    return "\u3000" * max(0, (_PREVIEW - columns(preheader)) // 2)
