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
from ..content import theme
from ..content.calendar_words import moment_in_words
from ..content.letter import Sender, Theme
from ..content.personal_values import clean
from ..message import header, mime
from ..message.mime import Message, StampedLetter
from ..translations import merged
from ..typography import line_breaks
from ..typography.phrase_breaks import phrases, unbroken
from . import kinds

_PARAGRAPHS = re.compile(r"\n\s*\n")
_RULE = "-" * 40


class _Link(NamedTuple):
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class _LetterText:
    """What a letter says, as plain text."""

    subject: str
    opening: list[str]
    button: _Link | None
    links: list[_Link]
    closing: list[str]
    footer: list[str]


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
    texts = _letter_text(kind, spoken, checked, sender)
    html = _html(texts, spoken, sender, colours or Theme())
    top, *body = mime.multipart((mime.canonical(html),), (mime.canonical(_text(texts)),), {})
    headers = [
        header.mailbox("From", sender.newsletter or sender.name, sender.address),
        header.fold("To", [header.addr_spec(to, "To")]),
        header.unstructured("Subject", texts.subject),
        f"Date: {header.date_value(moment).decode()}\r\n",
        f"Message-ID: <{token.make(Purpose.MESSAGE, 0, number)}@{mime.message_domain(sender)}>\r\n",
        header.mailbox("Reply-To", "", sender.reply_to) if sender.reply_to else "",
        *_unsubscribe_headers(checked),
        "Auto-Submitted: auto-generated\r\n",
        mime.standard_headers(spoken) + str(top),
    ]
    return mime.write(Message(tuple(headers), tuple(body)), lambda slot: "")


def _html(texts: _LetterText, language: Language, sender: Sender, colours: Theme) -> str:
    return jinja.template("transactional.html").render(
        {field.name: getattr(texts, field.name) for field in dataclasses.fields(texts)},
        heading=texts.subject.removeprefix(f"【{sender.newsletter}】"),
        phrases=phrases,
        unbroken=unbroken,
        language=language,
        sender=sender,
        theme=colours,
        light=theme.light(colours),
        dark=theme.dark(colours),
    )


def _unsubscribe_headers(values: kinds.Values) -> list[str]:
    """One-click unsubscribing (RFC 8058) where the letter goes to a subscriber."""
    if not isinstance(values, kinds.Welcome | kinds.AlreadySubscribed):
        return []
    return [
        header.fold_each("List-Unsubscribe", [f"<{values.unsubscribe}>"]),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    ]


def _letter_text(kind: str, language: Language, values: kinds.Values, sender: Sender) -> _LetterText:
    template = jinja.environment(jinja.EMAIL, escape=False, language=language).get_template(f"transactional/{kind}.txt")
    facts = {"newsletter": sender.newsletter, "sender_address": sender.address} | _said(values, language)
    context = template.new_context(facts)

    def block(name: str) -> str:
        return "".join(template.blocks[name](context)).strip() if name in template.blocks else ""

    label = block("button")
    return _LetterText(
        subject=clean(block("subject")),
        opening=_paragraphs(block("opening")),
        button=_Link(label, dataclasses.asdict(values)["link"]) if label else None,
        links=[_Link(*line.split(" | ", 1)) for line in block("links").splitlines() if line],
        closing=_paragraphs(block("closing")),
        footer=_footer(language, sender),
    )


def _said(values: kinds.Values, language: Language) -> dict[str, str]:
    """The values of a letter as they stand in it: times in words, addresses with their middle hidden."""
    said: dict[str, str] = {}
    for name, value in dataclasses.asdict(values).items():
        if value and name in kinds.MOMENTS:
            said[name] = moment_in_words(kinds.moment(value), language)
        else:
            said[name] = masked(value) if value and name in kinds.MASKED else value
    return said


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]


def _footer(language: Language, sender: Sender) -> list[str]:
    """Who sends, where they are and how to reach them (特定電子メール法, article 4)."""
    _ = merged(language, "letters_transactional").gettext
    lines = [
        (_("Sender: {fact}"), sender.name),
        (_("Address: {fact}"), sender.postal_address),
        (_("Contact: {fact}"), sender.contact),
    ]
    return [sender.newsletter, *(line.format(fact=fact) for line, fact in lines if fact)]


def _text(texts: _LetterText) -> str:
    lines: list[str] = []
    for paragraph in texts.opening:
        lines += [*line_breaks.wrap(paragraph), ""]
    for link in [texts.button, *texts.links]:
        if link:
            lines += [f"■ {link.label}", link.address, ""]
    for paragraph in texts.closing:
        lines += [*line_breaks.wrap(paragraph), ""]
    lines.append(_RULE)
    for line in texts.footer:
        lines += line_breaks.wrap(line)
    return "\n".join(lines) + "\n"
