"""The returned letter, and the text that stands before it: whom a report is about, and whom never."""

from __future__ import annotations

import re

from .mail_text import addresses, before_letter
from .returned_message import Part, ReturnedMessage


def own_text(message: ReturnedMessage) -> str:
    """What people read of it: plain text, HTML only where there is none."""
    plain = [part.text for part in message.own if part.kind == "text/plain" and part.text.strip()]
    if not plain:
        plain = [part.text for part in message.own if part.kind.startswith("text/") and "headers" not in part.kind]
    return "\n".join(plain[:4])


def ours(message: ReturnedMessage) -> set[str]:
    """Addresses that a report is never about: who gets it, who wrote it, and who sent the returned letter."""
    found = [value for name in ("to", "from", "reply-to", "delivered-to") for value in message.top.all(name)]
    for letter in _letters(message):
        found += [value for name in ("from", "return-path", "sender", "reply-to") for value in letter.all(name)]
    return {address.lower() for value in found for address in addresses(value)}


def letter_to(message: ReturnedMessage) -> list[str]:
    """Whom the returned letter was written to, as far as it is there; each once."""
    fields = [value for one in _letters(message) for name in ("to", "x-envelope-to", "cc") for value in one.all(name)]
    return list(dict.fromkeys(address for value in fields[:50] for address in addresses(value)))


def letter_fields(message: ReturnedMessage, *names: str) -> list[str]:
    """Values of header fields of the returned letter, by their names in small letters; at most 50."""
    return [value for one in _letters(message) for name in names for value in one.all(name)][:50]


def _letters(message: ReturnedMessage) -> list[Part]:
    """The returned letter: attached, or below the text."""
    if message.attached:
        return message.attached[:1]
    text = own_text(message)
    rest = text[len(before_letter(text)) :]
    fields = tuple(
        (n.lower(), v.encode("utf-8", "replace").decode("latin-1")) for n, v in _LETTER_FIELD.findall(rest[:20_000])
    )
    return [Part(fields, b"", 1, quoted=True)] if fields else []


_LETTER_FIELD = re.compile(
    r"^[ \t>]{0,8}(From|To|Return-Path|Sender|Reply-To|X-Envelope-To|Cc|Message-ID|List-Unsubscribe): ?(.{0,500})",
    re.MULTILINE | re.IGNORECASE,
)
