"""Staff's own templates: a reader's details and facts of the issue in the texts of an issue, in a sandbox."""

from __future__ import annotations

from .letter import Letter
from .slot import Escape, Slots


def fill(text: str, letter: Letter, slots: Slots, escape: Escape) -> str:
    """*text* (a subject, a paragraph, …) with its ``{{ … }}`` evaluated; a reader's details become slot markers.

    Arguments:
        escape: HTML where the result goes into HTML, NONE for the text part and for headers.

    Raises:
        Unfit: it is no template, asks for what is not there, loops too long, or reaches for Python's internals.
    """
    raise NotImplementedError
