"""What stands around the words of every letter, of issues and of single letters: head, headline, and who sends it.

One look and one wording for both: a reader who knows the newsletter knows its confirmation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from models.store.language import Language

from ..content import theme as themes
from ..content.errors import CannotRender, RenderFault
from ..content.letter import Sender, Theme
from ..content.links import checked
from ..content.wording import Wording, wording
from ..jinja import template
from ..typography.phrase_breaks import phrases, unbroken
from .block_view import contact_address
from .text_page import TextLines

FONTS = "Hiragino Sans,Hiragino Kaku Gothic ProN,BIZ UDPGothic,Yu Gothic,Meiryo,sans-serif"
_INDENT = re.compile(r"(?<![ \t])[ \t]*\n[ \t\n]*")


def document(
    name: str, *, language: Language, subject: str, heading: str, sender: Sender, theme: Theme, why: str, **more: Any
) -> str:
    """The HTML of a letter before its styles are inlined.

    Arguments:
        name: a template that extends ``frame.html``.
        subject: the title of the document.
        heading: the headline.
        why: why the reader gets the letter.
        more: what the template itself asks for.

    Raises:
        CannotRender: a colour of the theme, or the address of the contact, is none.
    """
    return template(name).render(
        language=language,
        subject=subject,
        heading=heading,
        sender=sender,
        theme=theme,
        why=why,
        say=wording(language),
        contact=contact_link(sender.contact),
        phrases=phrases,
        unbroken=unbroken,
        styles=_styles(theme),
        **more,
    )


def contact_link(contact: str) -> Markup:
    """Where to ask, linked where it is an address."""
    address = contact_address(contact)
    return Markup('<a href="%s">%s</a>') % (checked(address), contact) if address else unbroken(contact)


@lru_cache(maxsize=64)
def _styles(newsletter: Theme) -> dict[str, Markup]:
    """Styles to inline, styles for narrow screens, and dark styles, by their files' names."""
    try:
        light, dark = themes.light(newsletter), themes.dark(newsletter)
    except ValueError as error:
        raise CannotRender(RenderFault.COLOUR, detail=str(error)) from error
    values = {"light": light, "dark": dark, "size": int(newsletter.font_size), "fonts": FONTS}
    sheets = {name: template(f"{name}.css").render(values) for name in ("style", "media", "dark")}
    return {name: Markup(_INDENT.sub("", sheet)) for name, sheet in sheets.items()}  # noqa: S704 (checked colours)


def headline(page: TextLines, text: str) -> None:
    """The headline of a text part, between two rules."""
    page.rule("━")
    page.line(text)
    page.rule("━")
    page.blank_line()


def imprint(page: TextLines, say: Wording, sender: Sender, why: str) -> None:
    """Why the reader gets the letter, who sends it, from where, and how to ask (特定電子メール法, article 4)."""
    page.blank_line()
    headline(page, say.about)
    page.line(why)
    page.blank_line()
    page.line(say.sender + say.colon + sender.name)
    if sender.postal_address:
        page.line(say.postal_address + say.colon + sender.postal_address)
    if contact_address(sender.contact) == sender.contact != "":
        page.line(say.contact)
        page.address(sender.contact)
    elif sender.contact:
        page.line(say.contact + say.colon + sender.contact)
