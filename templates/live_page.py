"""A letter as it is being written: rendered like one that is sent, and each block of it can be found.

Styles are not written into the elements here, which takes most of the time of a rendering: a browser applies the same
rules to the same elements, and so shows the same (``test_live_preview_journey`` compares the pictures).
"""

from __future__ import annotations

import re

from models.store.errors import Invalid

from . import preview
from .content.letter import Letter
from .content.links import Links
from .content.slot import Slots
from .message.mime import fill_slots, split_at_slots
from .message.stamp import neutral_value
from .render import html, text

MODES = ("desktop", "phone", "dark", "no-images", "text", "sanitised")
"""The views that can be shown of a letter that is not saved."""
_OPEN_PIXEL = re.compile(r'(?<=<img class="dot" src=")[^"]*')
_NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
"""Stands where letters have the picture that counts them: one dot that is not seen, and asks nobody."""


def show(letter: Letter, mode: str) -> str:
    """The page that shows *letter* in one of :data:`MODES`; blocks bear :data:`.preview.MARK`, one each, in order.

    Raises:
        CannotRender: an article, picture, address or template in it cannot be used; names the block.
        Invalid: there is no such view.
    """
    if mode not in MODES:
        raise Invalid("there is no such view: open the page anew")
    slots = Slots()
    links = Links(letter, slots, ())
    shown = _OPEN_PIXEL.sub(_NO_PICTURE, _neutral(html.styled(letter, slots, links, mark=preview.MARK), slots))
    match mode:
        case "text":
            return preview.text_only(shown, _neutral(text.render(letter, slots, links), slots))
        case "dark":
            return preview.dark(shown)
        case "no-images":
            return preview.without_images(shown)
        case "sanitised":
            return preview.sanitised(shown)
    return shown


def _neutral(rendered: str, slots: Slots) -> str:
    return fill_slots(split_at_slots(rendered, slots), neutral_value)
