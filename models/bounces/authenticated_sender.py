"""Who wrote a message, as far as the mail server that took it in says so (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re

import settings

from .mail_text import addresses
from .returned_message import ReturnedMessage

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_PROPERTY = re.compile(r"\b(header\.(?:from|d|i))\s*=\s*\"?([^\s;\"]{1,255})", re.IGNORECASE)
_METHOD = re.compile(r"(dmarc|dkim)\s*(?:/\s*\d+)?\s*=\s*(\w+)", re.IGNORECASE)


def written_by(message: ReturnedMessage) -> str:
    """The one address in From, in lower case; empty where there is none or more than one."""
    fields = message.top.all("from")
    found = [one.lower() for value in fields for one in addresses(value)]
    return found[0] if len(fields) == 1 and len(set(found)) == 1 else ""


def is_authenticated(message: ReturnedMessage, address: str) -> bool:
    """Whether our own mail server says that *address* wrote the message: by DMARC, or by DKIM of the same domain.

    Only the topmost field is believed, and only where it bears the name of RETURNS_AUTHSERV_ID: anybody can write
    one, and the server has to take out those that bear its own name (RFC 8601, 5).
    """
    ours, fields = settings.get().returns_authserv_id.strip().lower(), message.top.all("authentication-results")
    if not (ours and fields and address):
        return False
    name, *results = _COMMENT.sub(" ", fields[0]).split(";")
    if name.lower().split()[:1] != [ours]:
        return False
    domain = address.rpartition("@")[2].lower()
    return any(_passes(result.strip(), domain) for result in results[:50])


def _passes(result: str, domain: str) -> bool:
    method = _METHOD.match(result)
    if method is None or method[2].lower() != "pass":
        return False
    found = _PROPERTY.findall(result)
    properties = {name.lower(): value.lower().rpartition("@")[2].rstrip(".") for name, value in found}
    if method[1].lower() == "dmarc":
        return properties.get("header.from") == domain
    return domain in (properties.get("header.d"), properties.get("header.i"))
