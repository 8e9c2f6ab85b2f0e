"""One letter against what Gmail, Yahoo, Microsoft and Japan's carriers ask of those who send many.

From Gmail's “Email sender guidelines”, Yahoo's “Sender Best Practices”, Microsoft's “Strengthening Email Ecosystem”,
docomo's and au's notes for senders, and the RFCs that these name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import urlsplit

from models.issues.dkim_record import tags_of
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.clock import now
from models.store.mail_address import is_domain

from .dmarc_findings import DmarcPolicy, is_aligned

CLIPPED_BYTES = 102_400
"""Gmail shows no more of the HTML part."""
CARRIER_BYTES = 3 * 1024 * 1024
"""au takes no larger letters (its technical notes for senders)."""
HEADER_BYTES = 12 * 1024
"""SoftBank's limit for all headers together."""
LINE_BYTES = 998
"""RFC 5322, 2.1.1; docomo answers 500 to more than 1,000 with the line end."""
_CLOCK_APART = timedelta(days=1)
_ONCE = ("From", "Date", "Message-ID", "Subject", "To", "Cc", "Reply-To", "Sender", "List-Unsubscribe")
"""At most one of each (RFC 5322, 3.6)."""
_FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp", "ymail.ne.jp", "outlook.com", "outlook.jp",
        "hotmail.com", "hotmail.co.jp", "live.jp", "msn.com", "icloud.com", "me.com", "aol.com", "docomo.ne.jp",
        "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp",
    }
)  # fmt: skip
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "x.gd", "buff.ly"})
_REPLY = re.compile(r"\s*(re|fw|fwd)\s*[::]", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"\s*<[^<>@\s]+@[^<>@\s]+>\s*")
_LINK = re.compile(r"""href\s*=\s*["'](https?://[^"']+)""", re.IGNORECASE)
_COVERED = {"from": "From", "list-unsubscribe": "List-Unsubscribe", "list-unsubscribe-post": "List-Unsubscribe-Post"}


def examine(letter: bytes, return_domain: str, dmarc: DmarcPolicy | None) -> list[DomainFinding]:
    """What is wrong with a letter; one finding that says so where nothing is.

    Arguments:
        letter: as it goes over the wire.
        return_domain: of the return path, in ASCII.
        dmarc: what holds for the domain in From.
    """
    head = letter.partition(b"\r\n\r\n")[0]
    message = message_from_bytes(letter, policy=policy.default)
    raw = message_from_bytes(head + b"\r\n\r\n", policy=policy.compat32)
    assert isinstance(message, EmailMessage)
    headers: dict[str, list[str]] = {}
    for name, value in raw.items():
        headers.setdefault(name.lower(), []).append(str(value))
    found = [
        *_identity(headers),
        *_authentication(headers, return_domain, dmarc),
        *_unsubscribing(headers),
        *_shape(letter, head),
        *_parts(message),
    ]
    return found or [finding("letter.good", bytes=f"{len(letter):,}")]


def sender_domain(headers: dict[str, list[str]]) -> str:
    """The domain of the one address in From; empty where there is none."""
    addresses = [address for _, address in getaddresses(headers.get("from", []))]
    return addresses[0].rpartition("@")[2].lower() if len(addresses) == 1 else ""


def _identity(headers: dict[str, list[str]]) -> Iterator[DomainFinding]:
    for name in _ONCE:
        if len(headers.get(name.lower(), ())) > 1:
            yield finding("letter.twice", header=name)
    domain = sender_domain(headers)
    if not domain or not is_domain(domain) or "." not in domain:
        yield finding("letter.from", value=" ".join(headers.get("from", ["–"]))[:200])
    elif domain in _FREE_MAIL:
        yield finding("letter.free_mail", domain=domain)
    if "to" not in headers:
        yield finding("letter.to")
    yield from _date(headers)
    if not _MESSAGE_ID.fullmatch(headers.get("message-id", [""])[0]):
        yield finding("letter.message_id", value=headers.get("message-id", ["–"])[0][:200])
    if _REPLY.match(headers.get("subject", [""])[0]) and "in-reply-to" not in headers:
        yield finding("letter.reply", subject=headers["subject"][0][:100])


def _date(headers: dict[str, list[str]]) -> Iterator[DomainFinding]:
    told = headers.get("date", [""])[0]
    try:
        date: datetime | None = parsedate_to_datetime(told)
    except ValueError:
        date = None
    if date is None or date.tzinfo is None:
        yield finding("letter.date", value=told[:100] or "–")
    elif abs(date - now()) > _CLOCK_APART:
        yield finding("letter.clock", value=told[:100])


def _authentication(headers: dict[str, list[str]], path: str, dmarc: DmarcPolicy | None) -> Iterator[DomainFinding]:
    domain = sender_domain(headers)
    signatures = [tags_of(one) for one in headers.get("dkim-signature", ())]
    if not signatures:
        yield finding("letter.unsigned")
    aligned = [one for one in signatures if is_aligned(one.get("d", "").lower(), domain, dmarc, "adkim")]
    if signatures and not aligned:
        yield finding(
            "letter.signature_unaligned", domain=domain, keys=", ".join(one.get("d", "") for one in signatures)
        )
    if domain and not aligned and not is_aligned(path, domain, dmarc, "aspf"):
        yield finding("letter.unaligned", domain=domain, path=path)
    for one in signatures:
        covered = one.get("h", "").lower().split(":")
        if missing := [shown for name, shown in _COVERED.items() if name in headers and name not in covered]:
            yield finding("letter.uncovered", headers=", ".join(missing), selector=one.get("s", ""))


def _unsubscribing(headers: dict[str, list[str]]) -> Iterator[DomainFinding]:
    links = re.findall(r"<([^<>]*)>", headers.get("list-unsubscribe", [""])[0])
    if not links:
        yield finding("letter.no_unsubscribe")
        return
    if not any(one.strip().lower().startswith("https://") for one in links):
        yield finding("letter.unsubscribe_address", value=links[0].strip()[:200])
    post = headers.get("list-unsubscribe-post", [""])[0]
    if post.strip().lower() != "list-unsubscribe=one-click":
        yield finding("letter.one_click")


def _shape(letter: bytes, head: bytes) -> Iterator[DomainFinding]:
    if len(letter) > CARRIER_BYTES:
        yield finding("letter.large", bytes=f"{len(letter):,}", most=f"{CARRIER_BYTES:,}")
    if len(head) > HEADER_BYTES:
        yield finding("letter.headers_large", bytes=f"{len(head):,}", most=f"{HEADER_BYTES:,}")
    if letter.replace(b"\r\n", b"").translate(None, b"\r\n") != letter.replace(b"\r\n", b""):
        yield finding("letter.line_ends")
    if (longest := max(map(len, letter.split(b"\r\n")))) > LINE_BYTES:
        yield finding("letter.long_line", bytes=f"{longest:,}", most=LINE_BYTES)
    if not head.isascii():
        yield finding("letter.raw_headers")


def _parts(message: EmailMessage) -> Iterator[DomainFinding]:
    text, html = _content(message, "plain"), _content(message, "html")
    if not text.strip():
        yield finding("letter.no_text")
    if (size := len(html.encode())) > CLIPPED_BYTES:
        yield finding("letter.clipped", bytes=f"{size:,}", most=f"{CLIPPED_BYTES:,}")
    hosts = [urlsplit(one).hostname or "" for one in _LINK.findall(html)]
    if shortened := sorted({one.removeprefix("www.") for one in hosts} & _SHORTENERS):
        yield finding("letter.shortened", hosts=", ".join(shortened))


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
