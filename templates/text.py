"""Letter → plain text: the whole letter for everyone whose mail has no HTML."""

from __future__ import annotations

from .letter import Letter
from .links import Links
from .slot import Slots


def render(letter: Letter, slots: Slots, links: Links) -> str:
    r"""The letter's text part, lines wrapped and ended by ``\n``; slots are markers.

    Arguments:
        letter: what it says.
        slots: gets every slot that the letter uses.
        links: the links of the HTML part, so that both share their numbers.

    Raises:
        Unfit: an article, picture, address or template in it cannot be used; names the block.
    """
    raise NotImplementedError
