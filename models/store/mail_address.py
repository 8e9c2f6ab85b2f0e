"""Mail addresses: as people type them, and as headers and SMTP write them.

:func:`parse` takes what somebody typed (RFC 5321 and 6531, with what Japan's carriers once gave out). What it gives is
written as an addr-spec of a header (:func:`addr_spec`) or as a mailbox of SMTP (:func:`smtp_mailbox`), which takes
more: local parts that only quoting makes possible, domains beyond ASCII and address literals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

from .errors import Invalid
from .log_redaction import replace_addresses
from .phrase import Phrase, phrase

# Carriers handed out addresses that RFC 5321 forbids: dots in a row, or a dot before the @.
_OLD_CARRIERS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com"})
_OLD_LOCAL_PART = re.compile(r"[a-z0-9][a-z0-9._\-+?/]{0,62}", re.IGNORECASE)
# What an input method leaves where an address has an @ or a dot. NFKC does the rest.
_FULL_WIDTH = str.maketrans({"。": ".", "｡": ".", "＠": "@"})
# And where it has a hyphen: between letters of ASCII alone, as elsewhere ー is a long vowel (ラーメン.jp).
_HYPHENS = re.compile(r"(?<=[A-Za-z0-9])[ー‐−―]+(?=[A-Za-z0-9])")
# What no part of an address can have; letters of any script can stand in some.
_ODD = re.compile(r"[^\w.!#$%&'*+/=?^`{|}~@-]")
# Most addresses: a subset of what parse() takes in the long way, given that their domain is one.
_COMMON_LOCAL_PART = re.compile(r"[A-Za-z0-9_-]++(?:[.+][A-Za-z0-9_-]++)*+")
_COMMON_DOMAIN = re.compile(r"[A-Za-z0-9]++(?:[.-][A-Za-z0-9]++)*+")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MAX_LENGTH = 254
MAX_LOCAL_PART = 64
MAX_DOMAIN = 253
MAX_MAILBOX = 320
"""Characters of a mailbox in SMTP: 64 of the local part, the at sign, 255 of the domain (RFC 5321, 4.5.3.1)."""

ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
"""Pattern of one character of an atom (RFC 5322, 3.2.3)."""
PLAIN = re.compile(r"[A-Za-z0-9_-]++(?:[.+][A-Za-z0-9_-]++)*+@[A-Za-z0-9]++(?:[.-][A-Za-z0-9]++)*+")
"""Most addresses: they stand in a header as they are. Any other goes the long way through :func:`addr_spec`."""
_DOT_ATOM = re.compile(rf"{ATEXT}+(?:\.{ATEXT}+)*")
_ATOMS_AND_DOTS = re.compile(rf"(?:{ATEXT}|\.)+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_HEADER_QUOTED = re.compile(r'"(?:[^"\\@\x00-\x1f\x7f-\U0010ffff]|\\[^@\x00-\x1f\x7f-\U0010ffff])+"')
_SMTP_PLAIN = re.compile(rf"{ATEXT}+(?:\.{ATEXT}+)*@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_SMTP_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SMTP_DOMAIN = re.compile(r"[\w](?:[\w.-]*[\w])?|\[[0-9A-Za-z:.]+\]")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A checked address.

    ``text`` is what mail is sent to; ``key`` is equal for addresses that we take for the same mailbox
    (lower case as a whole); ``domain`` decides the lane.
    """

    text: str
    key: str
    domain: str


def normalise(typed: str) -> str:
    """*typed* with full-width characters and invisible ones put right (NFKC, ``＠`` → ``@``, ``。`` → ``.``)."""
    text = unicodedata.normalize("NFKC", typed.translate(_FULL_WIDTH)).translate(_FULL_WIDTH)
    text = _HYPHENS.sub(lambda found: "-" * len(found[0]), _INVISIBLE.sub("", text))
    return text.removeprefix("mailto:").strip("<>,;\"'")


def parse(typed: str) -> MailAddress:
    """Check an address that somebody typed (RFC 5321 and 6531, with the carriers' exceptions).

    Raises:
        Invalid: it cannot be an address; the text says why.
    """
    local, _, domain = typed.partition("@")
    if (
        len(typed) <= MAX_LENGTH
        and len(local) <= MAX_LOCAL_PART
        and _COMMON_LOCAL_PART.fullmatch(local)
        and (lower := _common_domain(domain))
    ):
        mailbox = f"{local}@{lower}"
        return MailAddress(mailbox, mailbox.lower(), lower)
    return parse_any(typed)


@lru_cache(maxsize=1 << 14)
def _common_domain(typed: str) -> str:
    """A domain of ASCII as addresses have it; empty where it takes the long way. Lists repeat few of them."""
    if not _COMMON_DOMAIN.fullmatch(typed):
        return ""
    try:
        return parse_any(f"a@{typed}").domain
    except Invalid:
        return ""


def parse_any(typed: str) -> MailAddress:
    """The same in the long way, which knows every kind of address; :func:`parse` takes it where it must."""
    text = normalise(typed)
    if not text:
        raise Invalid("the address is missing", field="address")
    if len(text) > MAX_LENGTH:
        raise Invalid("the address is longer than any that works", field="address")
    local, _, domain = text.rpartition("@")
    domain = domain.lower()
    if domain in _OLD_CARRIERS and _OLD_LOCAL_PART.fullmatch(local):
        return MailAddress(f"{local}@{domain}", f"{local}@{domain}".lower(), domain)
    try:
        checked = validate_email(
            f"{local}@{a_labels(domain)}",
            check_deliverability=False,
            allow_smtputf8=True,
            test_environment=True,
            allow_domain_literal=False,
        )
    except EmailNotValidError as error:
        raise Invalid(_why(text, typed.strip()[:80]), field="address") from error
    domain = (checked.ascii_domain or checked.domain).lower()
    mailbox = f"{checked.local_part}@{domain}"
    return MailAddress(mailbox, mailbox.casefold(), domain)


def _why(text: str, shown: str) -> Phrase:
    """What is wrong with an address, in words that are there in every language."""
    local, at, domain = text.rpartition("@")
    if not at:
        return phrase("“{value}” is not a mail address: there is no @ in it", value=shown)
    if not local or not domain:
        return phrase("“{value}” is not a mail address: something is missing before or behind the @", value=shown)
    if "." not in domain:
        return phrase("“{value}” is not a mail address: there is no dot behind the @", value=shown)
    if any(not label for part in (local, domain) for label in part.split(".")):
        return phrase("“{value}” is not a mail address: a dot stands at an end or beside another", value=shown)
    if odd := _ODD.findall(text):
        return phrase("“{value}” is not a mail address: it has {letters} in it", value=shown, letters=" ".join(odd))
    try:
        validate_email(f"a@{a_labels(domain)}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return phrase("“{value}” is not a mail address: what stands behind the @ is no domain", value=shown)
    return phrase("“{value}” is not a mail address: what stands before the @ cannot stand there", value=shown)


def mailbox(address_key: str) -> str:
    """The mailbox that letters to an address end up in, as far as the address tells: without a sub-address (``+x``).

    Gmail reads over dots, and goes by two names. Only for counting: mail is sent to what the reader entered.
    """
    local, _, domain = address_key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def masked(address: str) -> str:
    """An address with most of its local part hidden, for whoever may not be its owner: ``k••••@example.jp``."""
    local, _, domain = address.rpartition("@")
    first = local.removeprefix('"')[:1]
    return f"{first}••••@{domain}"


def masked_within(text: str, *, but: str = "", of: str = "") -> str:
    """What a mail server said, for whoever may not read addresses: each one in it is :func:`masked`.

    Arguments:
        but: an address that stays.
        of: the address of the reader of whom *text* speaks: its local part alone, without a domain, is masked as well.
    """

    def change(local: str, domain: str) -> str:
        address = f"{local}@{domain}"
        return address if address.lower() == but.lower() else masked(address)

    return _without_local_part(replace_addresses(text, change), of, lambda found: f"{found[0][:1]}••••")


def hidden_within(text: str, *, of: Collection[str] = (), others: bool = True) -> str:
    """The same for whatever is no reader's own, or no reader's any more: each address in *text* becomes ``…``.

    Arguments:
        of: addresses of a reader, whose local parts alone are hidden as well.
        others: whether addresses beside these are hidden.
    """
    theirs = {address.lower() for address in of}

    def change(local: str, domain: str) -> str:
        address = f"{local}@{domain}"
        return "…" if others or address.replace('"', "").lower() in theirs else address

    text = replace_addresses(text, change)
    for address in of:
        text = _without_local_part(text, address, lambda _found: "…")
    return text


SHORTEST_NAME = 3
"""Characters of a local part that is looked for alone: a shorter one is part of too many answers."""


def _without_local_part(text: str, address: str, change: Callable[[re.Match[str]], str]) -> str:
    local = address.rpartition("@")[0].strip('"')
    if len(local) < SHORTEST_NAME or local.isdecimal():  # digits are a server's codes
        return text
    return re.sub(rf"(?<![\w.-]){re.escape(local)}(?![\w+•-]|\.\w)", change, text, flags=re.IGNORECASE)


def is_domain(text: str) -> bool:
    """Whether *text* is a domain of ASCII labels, or looks like one as a List-Id must (RFC 2919)."""
    return len(text) <= MAX_DOMAIN and _HOST.fullmatch(text) is not None


def a_labels(domain: str) -> str:
    """*domain* in ASCII: labels beyond ASCII become A-labels (IDNA 2008, RFC 5891, mapped by UTS 46).

    The one place where that is done: what is stored, what stands in a header and what lanes go by are the same.

    Raises:
        Invalid: a label cannot be one.
    """
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        raise Invalid(phrase("“{domain}” is not a domain", domain=domain[:80]), field="address") from None


def addr_spec(address: str) -> str:
    """*address* as it stands in a header (RFC 5322, 3.4.1); odd dots in its local part are quoted (old docomo ones).

    Only a local part beyond ASCII leaves ASCII (RFC 6532); the domain of such an address becomes A-labels.

    Raises:
        Invalid: it is no address.
    """
    local, at, domain = address.rpartition("@")
    domain = a_labels(domain)
    if at and 0 < len(local) <= MAX_LOCAL_PART and is_domain(domain):
        if _DOT_ATOM.fullmatch(local) or _HEADER_QUOTED.fullmatch(local):
            return f"{local}@{domain}"
        if _ATOMS_AND_DOTS.fullmatch(local):
            return f'"{local}"@{domain}'
        in_ascii = "".join("x" if char > "\x7f" and char.isprintable() else char for char in local)
        if _DOT_ATOM.fullmatch(in_ascii):
            return f"{local}@{domain}"
    raise Invalid(phrase("“{address}” is not a mail address", address=address[:80]), field="address")


def smtp_mailbox(address: str) -> str:
    """*address* as it stands between the angle brackets of MAIL and RCPT (RFC 5321, 4.1.2).

    Local parts that break RFC 5321, such as ``abc..d.@docomo.ne.jp``, are quoted, which is how the RFC writes them.

    Raises:
        Invalid: it has control characters, spaces or angle brackets, lacks a part, or is too long.
    """
    if len(address) > MAX_MAILBOX:
        raise Invalid(
            phrase("the address is longer than {max_mailbox} characters", max_mailbox=MAX_MAILBOX), field="address"
        )
    if _SMTP_PLAIN.fullmatch(address):
        return address
    if not address.isprintable() or any(char.isspace() or char in "<>" for char in address):
        raise Invalid("the address has control characters, spaces or angle brackets", field="address")
    local, at, domain = address.rpartition("@")
    if not (local and at and _SMTP_DOMAIN.fullmatch(domain)):
        raise Invalid("the address is not of the form name@domain", field="address")
    if not local.isascii() or _DOT_ATOM.fullmatch(local) or _SMTP_QUOTED.fullmatch(local):
        return address
    quoted = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"@{domain}'
