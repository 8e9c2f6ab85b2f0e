"""A letter as a MIME message: its headers, its parts, and how they are written down.

A message is plain values: texts whose slots stand as values between strings (*pieces*). It is either written at
once for one reader (:func:`write`, for transactional letters and previews, and the reference for tests) or frozen for
many (:func:`templates.message.freeze.freeze`). Both give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from models.store.errors import Invalid
from models.store.mail_address import is_domain
from models.store.phrase import phrase
from models.store.token import Purpose

from ..content.letter import ImageFacts, Letter, Sender
from ..content.links import Links
from ..content.slot import HeaderSlot, Slot, Slots, TokenSlot
from . import base64_layout, header
from .header import date_value

__all__ = [
    "Folded",
    "Message",
    "Pieces",
    "StampedLetter",
    "build_message",
    "date_value",
    "fill_slots",
    "split_at_slots",
    "write",
]

Pieces = tuple[str | Slot, ...]
"""A text with its slots: strings and slots in the order in which they stand."""

TO, DATE, MESSAGE_ID = HeaderSlot("to"), HeaderSlot("date"), TokenSlot(Purpose.MESSAGE)

TEST_HEADER = "X-Kairan-Test: yes\r\n"
"""Marks a test letter for programs; people see it in the subject."""

_CID = re.compile(r"\bcid:([0-9a-f]{32})(@[A-Za-z0-9.-]+)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]+")


class StampedLetter(NamedTuple):
    """One reader's letter, ready to be sent.

    ``headers`` ends with the CRLF of its last line; the empty line stands in neither part. ``body`` is canonical
    for DKIM's relaxed and simple rules already, ends with one CRLF, and no line of it begins with a dot.
    Both are ASCII, but for a To address that needs SMTPUTF8.
    """

    headers: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """The whole message."""
        return b"\r\n".join(self)


@dataclass(frozen=True, slots=True)
class Folded:
    """A header whose folding depends on the reader: a Subject with fields in it."""

    name: str
    text: Pieces


@dataclass(frozen=True, slots=True)
class Message:
    """A message of which every reader gets a copy (or one reader, where there are no slots)."""

    headers: tuple[str | Slot | Folded, ...]
    """Strings are written as they are."""
    body: tuple[str | Pieces, ...]
    """Strings are written as they are (boundaries, headers of parts); pieces become base64."""


def split_at_slots(text: str, slots: Slots) -> Pieces:
    """*text* with its markers replaced by the slots that they stand for."""
    found = slots.pattern.split(text)
    return tuple(slots.known[int(part)] if count % 2 else part for count, part in enumerate(found) if part)


def fill_slots(text: Pieces, value_of: Callable[[Slot], str]) -> str:
    """*text* with each slot replaced by ``value_of(slot)``; e.g. :func:`.stamp.neutral` for the archive."""
    return "".join(part if isinstance(part, str) else value_of(part) for part in text)


def message_domain(sender: Sender) -> str:
    """What stands right of the @ in Message-ID: the domain of the From address.

    A copy's Message-ID is ``<`` + token of ``Purpose.MESSAGE`` for (issue, subscriber) + ``@domain>``.
    """
    return header.addr_spec(sender.address, "From").rpartition("@")[2]


def build_message(letter: Letter, html: str, text: str, slots: Slots, subject: str = "") -> Message:
    """The message of one edition.

    Arguments:
        letter: what it says.
        html: the HTML part, inlined, with markers; embedded images as ``cid:`` + ``templates.render.html.content_id``.
        text: the text part with markers, lines ended by LF.
        slots: the slots whose markers stand in all three.
        subject: the subject with markers of fields (escape NONE); the letter's own where empty.

    Raises:
        Invalid: something that goes into a header has a control character, or is no address; or the HTML names
            an embedded image that the letter does not have.
    """
    domain = message_domain(letter.sender)
    if letter.sender.bounce_address:
        header.addr_spec(letter.sender.bounce_address, "Return-Path")  # the receiver's server writes it there
    nodes: list[str | Slot | Folded] = [
        header.mailbox("From", letter.sender.newsletter or letter.sender.name, letter.sender.address),
        *("To: ", TO, "\r\n"),
        *_subject(split_at_slots(header.checked(subject or letter.mail_subject, "Subject"), slots)),
        *("Date: ", DATE, "\r\n"),
        *("Message-ID: <", MESSAGE_ID, f"@{domain}>\r\n"),
    ]
    for line in _list_headers(letter, slots, domain):
        nodes += split_at_slots(line, slots)
    top, *body = multipart(
        split_at_slots(canonical(html), slots), split_at_slots(canonical(text), slots), _embedded(letter, html)
    )
    nodes.append(standard_headers(letter.language) + str(top))
    return Message(tuple(nodes), tuple(body))


def _subject(text: Pieces) -> tuple[str | Folded, ...]:
    whole = "".join(part for part in text if isinstance(part, str))
    if len(text) > 1 or not all(isinstance(part, str) for part in text):
        return (Folded("Subject", text),)
    return (header.unstructured("Subject", whole),)


def _list_headers(letter: Letter, slots: Slots, domain: str) -> list[str]:
    """Reply-To and what RFC 2369, 2919 and 8058 want of a list; with markers.

    A test letter has none of these, as nobody can leave a list by it.

    A ``mailto:`` comes second, and only where ``kairan returns`` reads it: a mail program may prefer it to the page.
    """
    sender, links = letter.sender, Links(letter, slots)
    list_id = sender.list_id or f"{sender.slug}.{domain}"
    if not is_domain(list_id):
        raise Invalid(
            phrase("List-Id: “{list_id}” must look like a domain, e.g. ict.example.jp", list_id=list_id[:80]),
            field="list_id",
        )
    reply_to = header.mailbox("Reply-To", "", sender.reply_to) if sender.reply_to else ""
    if letter.is_test:
        return [reply_to, TEST_HEADER]
    one_click = header.web_address(links.unsubscribe(), "List-Unsubscribe")
    by_mail = links.leave_by_mail() and header.web_address(links.leave_by_mail(), "List-Unsubscribe")
    preferences = header.web_address(links.preferences(), "List-Help")
    archive = header.web_address(letter.archive_home_url, "List-Archive") if letter.archive_url else ""
    return [
        reply_to,
        header.fold(
            "List-Id", [*header.display_name(sender.newsletter, "List-Id", header.LINE_LENGTH - 9), f"<{list_id}>"]
        ),
        header.fold_each("List-Unsubscribe", [f"<{one_click}>,", f"<{by_mail}>"] if by_mail else [f"<{one_click}>"]),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        header.fold_each("List-Help", [f"<{preferences}>"]),
        header.fold_each("List-Archive", [f"<{archive}>"]) if archive else "",
        header.fold_each("Feedback-ID", [_feedback_id(letter, domain)]),
    ]


def _feedback_id(letter: Letter, domain: str) -> str:
    """``campaign:list:kind:sender`` for Gmail's feedback loop: no reader stands in it; the last is 5 to 15 long."""

    def plain(text: str, limit: int) -> str:
        return _NOT_ALPHANUMERIC.sub("-", text).strip("-")[:limit] or "none"

    sender = _NOT_ALPHANUMERIC.sub("", domain)[:15].ljust(5, "0")
    return f"{letter.issue_id}:{plain(letter.sender.slug, 40)}:{plain(letter.kind, 20)}:{sender}"


def standard_headers(language: str) -> str:
    """The last headers of every letter, before its Content-Type: no receipts nor absence notes, and its language."""
    told = header.checked(language, "Content-Language")
    return f"X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\nContent-Language: {told}\r\nMIME-Version: 1.0\r\n"


def multipart(html: Pieces, text: Pieces, images: Mapping[str, ImageFacts]) -> Sequence[str | Pieces]:
    """The top-level Content-Type, then the body: text, and HTML with its *images* (RFC 2046, RFC 2387).

    The boundary is a digest of the content, so that a letter frozen twice is the same; and it has a ``_``, which
    base64 never has, so that nothing in a part can end it.

    Arguments:
        images: by Content-ID.
    """
    digest = sha256(repr((html, text, sorted(images))).encode()).hexdigest()
    outer, inner = f"=_{digest[:28]}", f"=_{digest[28:56]}"
    html_part = (_part_head("text/html; charset=utf-8"), html)
    related: list[str | Pieces] = [*html_part]
    if images:
        related = [f'Content-Type: multipart/related; type="text/html";\r\n boundary="{inner}"\r\n\r\n--{inner}\r\n']
        related += html_part
        related += [f"--{inner}\r\n{_picture(name, image)}" for name, image in images.items()]
        related += [f"--{inner}--\r\n"]
    return [
        f'Content-Type: multipart/alternative;\r\n boundary="{outer}"\r\n',
        f"--{outer}\r\n" + _part_head("text/plain; charset=utf-8"),
        text,
        f"--{outer}\r\n",
        *related,
        f"--{outer}--\r\n",
    ]


def _part_head(content_type: str) -> str:
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def _picture(name: str, image: ImageFacts) -> str:
    kind, _, suffix = header.checked(image.media_type, "Content-Type").partition("/")
    if kind != "image" or not suffix.isascii() or not image.data:
        raise Invalid("an embedded image needs its bytes and a media type such as image/png", field="image")
    file_name = f"{image.digest[:12]}.{_NOT_ALPHANUMERIC.sub('', suffix)}"
    return (
        f"Content-Type: {image.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{name}>\r\nContent-Disposition: inline; filename={file_name}\r\n\r\n"
    ) + base64_layout.encode_lines(image.data).decode()


def _embedded(letter: Letter, html: str) -> dict[str, ImageFacts]:
    """The images that *html* names by Content-ID (RFC 2392), in the order of their first appearance."""
    known = {digest[:32]: image for digest, image in letter.images.items()}
    found: dict[str, ImageFacts] = {}
    for digest, rest in _CID.findall(html):
        if digest not in known:
            raise Invalid("the letter embeds an image that it does not have", field="image")
        found[digest + rest] = known[digest]
    return found


def canonical(text: str) -> str:
    """*text* with every line ended by CRLF, the last one too (RFC 2046, 4.1.1)."""
    whole = _LINE_END.sub("\r\n", text)
    return whole if whole.endswith("\r\n") else whole + "\r\n"


def write(message: Message, value_of: Callable[[Slot], str]) -> StampedLetter:
    """The bytes of *message* for one reader, the straight way: fill, then encode.

    Arguments:
        value_of: the value of each slot, cleaned and escaped.
    """
    headers = ""
    for node in message.headers:
        if isinstance(node, Folded):
            headers += header.unstructured(node.name, fill_slots(node.text, value_of))
        else:
            headers += node if isinstance(node, str) else value_of(node)
    body = b""
    for part in message.body:
        if isinstance(part, str):
            body += part.encode("ascii")
        else:
            body += base64_layout.encode([_chunk(piece, value_of) for piece in part])
    return StampedLetter(headers.encode(), body)


def _chunk(piece: str | Slot, value_of: Callable[[Slot], str]) -> base64_layout.Chunk:
    if isinstance(piece, str):
        return base64_layout.Chunk(piece.encode())
    return base64_layout.Chunk(value_of(piece).encode(), slot=True)
