"""Transactional letters: confirmation, welcome, goodbye, invitations. Same MIME code, no issue.

The words of a letter stand in ``email/transactional/KIND.txt``, in blocks: ``subject``, ``opening``, ``button``
(what the button for ``link`` says), ``links`` (one a line, ``label | address``) and ``closing``. Both parts are
written from these.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from models.store import token
from models.store.errors import Invalid
from models.store.language import Language, known
from models.store.mail_address import masked
from models.store.token import Purpose

from .. import jinja
from ..content.calendar_words import moment_in_words
from ..content.letter import Sender, Theme
from ..content.personal_values import clean
from ..content.wording import wording
from ..message import header, mime
from ..message.mime import Message, StampedLetter
from ..render import frame
from ..render.css_inline import inline
from ..render.text_page import TextLines
from . import kinds

_PARAGRAPHS = re.compile(r"\n\s*\n")


class _Link(NamedTuple):
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class _LetterWords:
    """What a letter says, as plain text."""

    subject: str
    heading: str
    opening: list[str]
    button: _Link | None
    links: list[_Link]
    closing: list[str]


def render(
    kind: str,
    language: str,
    values: Mapping[str, Any],
    *,
    to: str,
    sender: Sender,
    number: int,
    moment: datetime,
    colours: Theme | None = None,
) -> StampedLetter:
    """One transactional letter.

    Arguments:
        kind: a key of :data:`templates.transactional.kinds.KINDS`.
        language: ``ja`` or ``en``.
        values: the fields of its class; those without a default must be there.
        to: the address that it goes to.
        sender: who sends, for From and the footer.
        number: the letter's number: its Message-ID is made from it.
        moment: Date of the letter.
        colours: the newsletter's theme.

    Raises:
        Invalid: there is no such kind or language, a value is missing or unknown, or an address is none.
    """
    spoken = known(language)
    if spoken is None:
        raise Invalid("transactional letters are written in Japanese (ja) and English (en)", field="language")
    checked = kinds.values_of(kind, values)
    words = _words(kind, spoken, checked, sender)
    html = _html(words, spoken, sender, colours or Theme())
    top, *body = mime.multipart((mime.canonical(html),), (mime.canonical(_text(words, spoken, sender)),), {})
    headers = [
        header.mailbox("From", sender.newsletter or sender.name, sender.address),
        header.fold("To", [header.addr_spec(to, "To")]),
        header.unstructured("Subject", words.subject),
        f"Date: {header.date_value(moment).decode()}\r\n",
        f"Message-ID: <{token.make(Purpose.MESSAGE, 0, number)}@{mime.message_domain(sender)}>\r\n",
        header.mailbox("Reply-To", "", sender.reply_to) if sender.reply_to else "",
        *_unsubscribe_headers(checked),
        "Auto-Submitted: auto-generated\r\n",
        mime.standard_headers(spoken) + str(top),
    ]
    return mime.write(Message(tuple(headers), tuple(body)), lambda slot: "")


def _html(words: _LetterWords, language: Language, sender: Sender, theme: Theme) -> str:
    document = frame.document(
        "transactional.html",
        language=language,
        subject=words.subject,
        heading=words.heading,
        sender=sender,
        theme=theme,
        why=_why(language, sender),
        opening=words.opening,
        action=words.button,
        addresses=words.links,
        closing=words.closing,
    )
    return inline(document)


def _why(language: Language, sender: Sender) -> str:
    return wording(language).why_single(sender.newsletter)


def _unsubscribe_headers(values: kinds.Values) -> list[str]:
    """One-click unsubscribing (RFC 8058) where the letter goes to a subscriber."""
    if not isinstance(values, kinds.Welcome | kinds.AlreadySubscribed):
        return []
    return [
        header.fold_each("List-Unsubscribe", [f"<{values.unsubscribe}>"]),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    ]


def _words(kind: str, language: Language, values: kinds.Values, sender: Sender) -> _LetterWords:
    template = jinja.environment(jinja.EMAIL, escape=False, language=language).get_template(f"transactional/{kind}.txt")
    facts = {"newsletter": sender.newsletter, "sender_address": sender.address} | _said(values, language)
    context = template.new_context(facts)

    def block(name: str) -> str:
        return "".join(template.blocks[name](context)).strip() if name in template.blocks else ""

    label, subject = block("button"), clean(block("subject"))
    return _LetterWords(
        subject=subject,
        heading=subject.removeprefix(f"【{sender.newsletter}】"),
        opening=_paragraphs(block("opening")),
        button=_Link(label, dataclasses.asdict(values)["link"]) if label else None,
        links=[_Link(*line.split(" | ", 1)) for line in block("links").splitlines() if line],
        closing=_paragraphs(block("closing")),
    )


def _said(values: kinds.Values, language: Language) -> dict[str, Any]:
    """The values of a letter as they stand in it: times in words, addresses with their middle hidden."""
    said: dict[str, Any] = {}
    for name, value in dataclasses.asdict(values).items():
        if value and name in kinds.MOMENTS:
            said[name] = moment_in_words(kinds.moment(value), language)
        else:
            said[name] = masked(value) if value and name in kinds.MASKED else value
    return said


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]


def _text(words: _LetterWords, language: Language, sender: Sender) -> str:
    page = TextLines()
    page.line(sender.newsletter)
    page.blank_line()
    frame.headline(page, words.heading)
    for paragraph in words.opening:
        page.paragraph(paragraph)
    if words.button:
        page.button(words.button.label, words.button.address)
    for link in words.links:
        page.item(link.label, link.address)
    for paragraph in words.closing:
        page.paragraph(paragraph)
    frame.imprint(page, wording(language), sender, _why(language, sender))
    return page.text()
