"""Mail addresses as people in Japan type them, and as their carriers once gave them out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from .errors import Invalid

# Carriers handed out addresses that RFC 5321 forbids: dots in a row, or a dot before the @.
_OLD_CARRIERS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com"})
_OLD_LOCAL_PART = re.compile(r"[a-z0-9][a-z0-9._\-+?/]{0,62}", re.IGNORECASE)
# What an input method leaves where an address has an @, a dot or a hyphen. NFKC does the rest.
_FULL_WIDTH = str.maketrans({"。": ".", "｡": ".", "＠": "@", "ー": "-", "‐": "-", "−": "-", "―": "-"})
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MAX_LENGTH = 254


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
    """*typed* with full-width letters and invisible ones put right (NFKC, ``＠`` → ``@``, ``。`` → ``.``)."""
    text = unicodedata.normalize("NFKC", typed.translate(_FULL_WIDTH)).translate(_FULL_WIDTH)
    text = _INVISIBLE.sub("", text)
    return text.removeprefix("mailto:").strip("<>,;\"'")


def parse(typed: str) -> MailAddress:
    """Check an address that somebody typed (RFC 5321 and 6531, with the carriers' exceptions).

    Raises:
        Invalid: it cannot be an address; the text says why.
    """
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
            text, check_deliverability=False, allow_smtputf8=True, test_environment=True, allow_domain_literal=False
        )
    except EmailNotValidError as error:
        raise Invalid(f"“{typed.strip()[:80]}” is not a mail address: {error}", field="address") from error
    domain = (checked.ascii_domain or checked.domain).lower()
    mailbox = f"{checked.local_part}@{domain}"
    return MailAddress(mailbox, mailbox.casefold(), domain)


def masked(address: str) -> str:
    """An address with most of its local part hidden, for whoever may not be its owner: ``k••••@example.jp``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}••••@{domain}"
