"""Letter → HTML: one document with its styles inlined, before any reader's values are filled in."""

from __future__ import annotations

from .letter import ImageFacts, Letter
from .links import Links
from .slot import Slots


def content_id(image: ImageFacts) -> str:
    """The Content-ID (without angle brackets) of a picture that the letter embeds; HTML names it ``cid:…``."""
    return f"{image.digest[:32]}@image.kairan"


def render(letter: Letter, slots: Slots, links: Links) -> str:
    """The letter's HTML part, complete and inlined; slots are markers.

    Render HTML before text: both share the numbers of *links*.

    Arguments:
        letter: what it says.
        slots: gets every slot that the letter uses.
        links: gets every link that the letter carries.

    Raises:
        Unfit: an article, picture, address or template in it cannot be used; names the block.
    """
    raise NotImplementedError
