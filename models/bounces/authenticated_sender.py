"""Who wrote a message, as far as the mail server that took it in says so (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

import settings

from .mail_text import addresses
from .returned_message import ReturnedMessage

_PROPERTY = re.compile(r"(?<![^\s;])(header\.(?:from|d|i))\s*=\s*([^\s;]{1,255})", re.IGNORECASE)
_METHOD = re.compile(r"(dmarc|dkim)\s*(?:/\s*\d+)?\s*=\s*(\w+)", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9.@_+-]*")
_BEHIND_OUR_SERVER = frozenset({"lmtp", "maildir", "imap", "import"})
"""Ways on which our own mail server had a message first. What comes by SMTP nobody has looked at."""


def written_by(message: ReturnedMessage) -> str:
    """The one address in From, in lower case; empty where there is none or more than one."""
    fields = message.top.all("from")
    found = [one.lower() for value in fields for one in addresses(value)]
    all_read = len(found) == "".join(fields).count("@")  # An address that we cannot read may be the one that passed.
    return found[0] if len(fields) == 1 and len(set(found)) == 1 and all_read else ""


def is_authenticated(message: ReturnedMessage, address: str, way: str) -> bool:
    """Whether our own mail server says that *address* wrote the message: by DMARC, or by DKIM of the same domain.

    Only the topmost field is believed, only where it bears the name of RETURNS_AUTHSERV_ID, and only where the message
    came by way of that server: anybody can write one, and the server has to take out those that bear its own name
    (RFC 8601, 5).

    Arguments:
        way: how it came, as :class:`.returned_mail.ReturnedMail` has it.
    """
    ours = settings.get().returns_authserv_id.strip().lower()
    # As they came: what an encoded word holds was not written by the server.
    fields = [value for name, value in message.top.fields if name == "authentication-results"]
    if not (ours and fields and address and way in _BEHIND_OUR_SERVER):
        return False
    name, *results = _without_comments(fields[0]).split(";")
    if name.lower().split()[:1] != [ours]:
        return False
    domain = address.rpartition("@")[2].lower()
    read = [one for one in map(_Result.read, results[:50]) if one]
    if any((one.method, one.result) == ("dmarc", "fail") for one in read):
        return False  # Whatever else it holds: the server would not say both.
    return any(one.proves(domain) for one in read)


def _without_comments(value: str) -> str:
    """A field without comments, which nest (RFC 5322, 3.2.2), and without what only quoting makes possible.

    Anybody may have chosen what stands in either. Empty where one of them has no end.
    """
    kept, quoted, depth, in_quotes, escaped = [], "", 0, False, False
    for letter in value:
        if escaped or (letter == "\\" and (depth or in_quotes)):
            quoted, escaped = quoted + letter, not escaped
        elif in_quotes:
            in_quotes = letter != '"'
            quoted += letter if in_quotes else ""
            kept += [] if in_quotes else [quoted if _PLAIN.fullmatch(quoted) else '""']
        elif letter == '"' and not depth:
            quoted, in_quotes = "", True
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if depth < 0:
                return ""
            kept.append(" ")
        elif not depth:
            kept.append(letter)
    return "" if depth or in_quotes else "".join(kept)


class _Result(NamedTuple):
    """What one method said."""

    method: str
    result: str
    domains: dict[str, set[str]]
    """By property, every domain that it names."""

    @classmethod
    def read(cls, text: str) -> _Result | None:
        """One of the results of a field; None for methods that are not asked."""
        found = _METHOD.match(text.strip())
        if found is None:
            return None
        domains: dict[str, set[str]] = defaultdict(set)
        for name, value in _PROPERTY.findall(text):
            domains[name.lower()].add(value.lower().rpartition("@")[2].rstrip("."))
        return cls(found[1].lower(), found[2].lower(), domains)

    def proves(self, domain: str) -> bool:
        """Whether it passed for *domain*, and for no other."""
        names = ("header.from",) if self.method == "dmarc" else ("header.d", "header.i")
        return self.result == "pass" and any(self.domains.get(name) == {domain} for name in names)
