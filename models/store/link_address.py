"""Addresses that a letter may lead to: whole, public, and the same to every program that reads them.

http and https (RFC 3986 as browsers read it, WHATWG URL), mailto (RFC 6068) and tel (RFC 3966). A letter goes to
thousands, so an address with a password, or one of a private network, is a slip and never meant.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urlsplit

from . import mail_address
from .errors import Invalid
from .phrase import Phrase, phrase
from .public_address import is_public

MAX_LENGTH = 2000
SCHEMES = ("https", "http", "mailto", "tel")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"\u2028\u2029\u3000\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_TELEPHONE = re.compile(r"\+?[0-9().-]*[0-9][0-9().-]*(?:;[a-z-]+=[A-Za-z0-9.+-]+)*")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
_LAST_IS_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)")
"""Hosts that browsers take for IPv4, however they are written: 127.1, 0x7f.1, 2130706433 (WHATWG URL, 3.5)."""
_PRIVATE_NAMES = re.compile(r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home\.arpa|localdomain)", re.IGNORECASE)
"""Names that are not in the DNS that readers ask (RFC 6761, 6762, 8375; ICANN's .internal)."""
_CONTROL_ESCAPE = re.compile(r"%(?:[01][0-9A-Fa-f]|7[fF])")
_MAIL_FIELDS = frozenset({"subject", "body", "cc"})

NOT_WHOLE = phrase("“{name}” is no whole address: begin it with https://, http://, mailto:, tel: or article:NAME")
LONG = phrase("the address is longer than 2,000 characters: shorten it")
CHARACTERS = phrase("“{name}” has a space or a character that no address has: take it out, or write a space as %20")
PASSWORD = phrase("“{name}” holds a user or password before @, which every reader would get: take it out")
PRIVATE = phrase("“{name}” leads into a private network, where readers cannot follow: use a public address")
HOST = phrase("“{name}” names no host that there can be: see whether it was copied whole")
MAILBOX = phrase("“{name}” is no mail address behind mailto: write it like mailto:ict@example.lg.jp")
TELEPHONE = phrase("“{name}” is no telephone number behind tel: write it like tel:+81-3-1234-5678 or tel:0312345678")


def checked(typed: str, own: str = "") -> str:
    """*typed* as a letter carries it: its scheme in small letters, all else as it was written.

    Arguments:
        typed: a whole address with its scheme.
        own: our own address, which may be on this machine while Kairan is tried.

    Raises:
        Invalid: no reader could follow it, or none should; the text says why and what to do.
    """
    if (problem := fault(typed, own)) is not None:
        raise Invalid(problem)
    scheme, colon, rest = typed.partition(":")
    return scheme.lower() + colon + rest


def fault(typed: str, own: str = "") -> Phrase | None:
    """Why no letter may lead to *typed*; None where one may. Arguments as of :func:`checked`."""
    if len(typed) > MAX_LENGTH:
        return LONG
    found = _why_not(typed, own)
    return found.filled(name=typed[:200]) if found else None


def _why_not(typed: str, own: str) -> Phrase | None:
    if _FORBIDDEN.search(typed):
        return CHARACTERS if _SCHEME.match(typed) else NOT_WHOLE
    match = _SCHEME.match(typed)
    scheme = match[1].lower() if match else ""
    match scheme:
        case "http" | "https":
            return _why_not_on_web(typed, own)
        case "mailto":
            return None if _is_mailbox(typed.partition(":")[2]) else MAILBOX
        case "tel":
            number = typed.partition(":")[2]
            return None if _TELEPHONE.fullmatch(number) and sum(map(str.isdigit, number)) >= 3 else TELEPHONE
        case _:
            return NOT_WHOLE


def _why_not_on_web(typed: str, own: str) -> Phrase | None:
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname, parts.port
    except ValueError:
        return HOST
    if not parts.netloc or not typed.partition(":")[2].startswith("//") or not host:
        return NOT_WHOLE
    if "@" in parts.netloc:
        return PASSWORD
    if own and _place(parts) == _place(urlsplit(own)):
        return None
    return HOST if port == 0 else _why_not_host(host, bracketed="[" in parts.netloc)


def _place(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme.lower(), parts.hostname, parts.port


def _why_not_host(host: str, *, bracketed: bool) -> Phrase | None:
    if bracketed:
        try:
            return None if is_public(str(ipaddress.IPv6Address(host))) else PRIVATE
        except ValueError:
            return HOST
    try:
        name = mail_address.a_labels(host).removesuffix(".").lower()
    except Invalid:
        return HOST
    if _LAST_IS_NUMBER.fullmatch(name):
        return None if is_public(name) else PRIVATE
    if (
        not _HOST.fullmatch(name)
        or len(name) > mail_address.MAX_DOMAIN
        or any(len(one) > 63 for one in name.split("."))
    ):
        return HOST
    return PRIVATE if "." not in name or _PRIVATE_NAMES.fullmatch(name) else None


def _is_mailbox(rest: str) -> bool:
    """Whether mail programs find a mailbox in what stands behind ``mailto:``, and nothing that forges a header."""
    to, _, query = rest.partition("?")
    for field in query.split("&") if query else ():
        name, _, value = field.partition("=")
        if name.lower() not in _MAIL_FIELDS or (name.lower() != "body" and _CONTROL_ESCAPE.search(value)):
            return False
    if _CONTROL_ESCAPE.search(to):
        return False
    try:
        return all(mail_address.parse(unquote(one, errors="strict")).text for one in to.split(","))
    except (Invalid, UnicodeDecodeError):
        return False
