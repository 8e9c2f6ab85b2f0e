"""Letter → HTML: one document with its styles inlined, before any reader's values are filled in."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from ..content import theme
from ..content.errors import CannotRender, RenderFault
from ..content.letter import Letter, Theme
from ..content.links import Links
from ..content.merge import evaluated, normalised
from ..content.slot import Escape, Slots
from ..jinja import template
from ..typography.line_breaks import columns
from ..typography.phrase_breaks import phrases, unbroken
from .block_view import BlockView, content_id, heading_levels, loose_ends
from .css_inline import inline

__all__ = ["content_id", "render", "styled"]

FONTS = "Hiragino Sans,Hiragino Kaku Gothic ProN,BIZ UDPGothic,Yu Gothic,Meiryo,sans-serif"

_PREVIEW = 120
"""Columns that lists of mails show at most behind a subject, as far as known."""
_TYPICAL_NAME = "山田太郎"
_INDENT = re.compile(r"(?<![ \t])[ \t]*\n[ \t\n]*")


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


def styled(letter: Letter, slots: Slots, links: Links) -> str:
    """The letter's HTML before its styles are inlined."""
    letter = evaluated(letter, slots, Escape.HTML)
    view = BlockView(letter, links)
    correction = view.prose(letter.correction_note)
    parts: list[tuple[Markup, bool]] = []
    apart = loose_ends(letter.blocks)
    for position, (block, level) in enumerate(zip(letter.blocks, heading_levels(letter.blocks), strict=True), 1):
        try:
            parts.append((view.block(block, level), position - 1 in apart))
        except CannotRender as error:
            raise error.at(position) from error
    document = template("letter.html").render(
        letter=letter,
        view=view,
        links=links,
        say=view.say,
        phrases=phrases,
        unbroken=unbroken,
        correction=correction,
        parts=parts,
        contact=view.contact(),
        padding=_padding(slots.pattern.sub(_TYPICAL_NAME, letter.preheader)),
        styles=_styles(letter.theme),
    )
    return normalised(document)


def _padding(preheader: str) -> str:
    """What fills the rest of a preview, so that no list of mails shows the first lines of the letter there.

    Ideographic spaces: they are no white space that HTML joins into one, and every Japanese encoding has them, so that
    a gateway or a text browser which shows them shows less than a line of nothing, and no question marks.
    """
    return "\u3000" * max(0, (_PREVIEW - columns(preheader)) // 2)


@lru_cache(maxsize=64)
def _styles(newsletter: Theme) -> dict[str, Markup]:
    """Styles to inline, styles for narrow screens, and dark styles, by their files' names."""
    try:
        light, dark = theme.light(newsletter), theme.dark(newsletter)
    except ValueError as error:
        raise CannotRender(RenderFault.COLOUR, detail=str(error)) from error
    values = {"light": light, "dark": dark, "size": int(newsletter.font_size), "fonts": FONTS}
    sheets = {name: template(f"{name}.css").render(values) for name in ("style", "media", "dark")}
    return {name: Markup(_INDENT.sub("", sheet)) for name, sheet in sheets.items()}  # noqa: S704 (checked colours)
