"""One variant of an issue, rendered: letter → HTML and text → message, with the issue's table of links.

Everybody who needs a whole rendering goes this way, so that a preview is what will be sent::

    rendered = edition.render(compose.compose(session, issue, variant))
    frozen = freeze.freeze(rendered.message)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..content import merge_tags
from ..content.letter import Letter
from ..content.links import LinkRow, Links
from ..content.slot import Escape, Slots
from ..message import mime
from ..message.mime import Message
from ..message.stamp import neutral_value
from . import html, text


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendering before it is frozen. ``html`` and ``text`` hold markers of ``slots``."""

    html: str
    text: str
    slots: Slots
    links: tuple[LinkRow, ...]
    """The issue's table of links so far, this rendering's included."""
    link_numbers: tuple[int, ...]
    """Those of them that this rendering has."""
    message: Message

    @property
    def neutral_html(self) -> str:
        """The HTML part as nobody's own: for the archive."""
        return mime.fill_slots(mime.split_at_slots(self.html, self.slots), neutral_value)

    @property
    def neutral_text(self) -> str:
        """The text part as nobody's own: for the archive."""
        return mime.fill_slots(mime.split_at_slots(self.text, self.slots), neutral_value)


def render(letter: Letter, links: Iterable[LinkRow] = ()) -> Rendered:
    """Render *letter*.

    Arguments:
        letter: what it says.
        links: the table of links of the editions of the same issue that were rendered before.

    Raises:
        CannotRender: an article, picture, address or template in it cannot be used; names the block.
        Invalid: something that goes into a header cannot.
    """
    slots = Slots()
    table = Links(letter, slots, links)
    # HTML first: the numbers of links are those of their order in it.
    as_html = html.render(letter, slots, table)
    as_text = text.render(letter, slots, table)
    subject = merge_tags.fill(letter.mail_subject, letter, slots, Escape.NONE)
    message = mime.build_message(letter, as_html, as_text, slots, subject)
    return Rendered(as_html, as_text, slots, tuple(table.table), tuple(sorted(table.used)), message)
