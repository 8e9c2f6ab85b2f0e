"""Caught letters: each a raw ``.eml`` file in a folder, numbered as they came, with an index to list them from.

Above the letter as it came over the wire stand the three lines that a last mail server writes (RFC 5321, 4.4):
where it would be returned to, whom it was for, and when it was caught. Everything below them is untouched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from base64 import b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from pathlib import Path

from .store import clock
from .store.errors import NotFound
from .store.phrase import phrase

INDEX = "index.jsonl"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One caught letter in a list: its number counts from 1; ``size`` is in bytes; ``caught_at`` is in UTC."""

    number: int
    caught_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    size: int

    def matches(self, words: str) -> bool:
        """Whether each of *words* occurs in the subject or an address, whatever its case."""
        text = " ".join((self.subject, self.sender, *self.recipients)).casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class CaughtLetter:
    """One caught letter, opened: its headers decoded, its parts as text, and its bytes in the file."""

    number: int
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    raw: bytes
    pictures: tuple[tuple[str, str], ...] = ()
    """Embedded pictures: the address by which the HTML names each (``cid:…``), and a ``data:`` address of it."""

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return next((value for name, value in self.headers if name.lower() == "subject"), "")

    def standalone_html(self) -> str:
        """The HTML with embedded pictures in place, and links that open in a window of their own."""
        html = self.html
        for name, address in self.pictures:
            html = html.replace(name, address)
        return re.sub(r"(<head\b[^>]*>)", r'\1<base target="_blank">', html, count=1)


class Mailbox:
    """The letters in *folder*. One process at a time adds; any number may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._added = 0

    def add(self, content: bytes, *, sender: str, recipients: tuple[str, ...]) -> int:
        """Keep a letter and answer its number. A reader sees all of it or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = self._added = (self._added or self._last()) + 1
        now = clock.now()
        subject = _subject(content)
        half = self.folder / f".{number:06d}.new"
        half.write_bytes(_trace_headers(sender, recipients, now) + content)
        half.rename(self._file(number))
        entry = IndexEntry(number, now, sender, recipients, subject, len(content))
        line = json.dumps({**asdict(entry), "caught_at": now.isoformat()}, ensure_ascii=False)
        with (self.folder / INDEX).open("ab+") as index:
            index.seek(max(0, index.seek(0, os.SEEK_END) - 1))
            begin = b"" if index.read() in (b"", b"\n") else b"\n"  # the line before was cut short
            index.write(begin + line.encode() + b"\n")
        return number

    def entries(self, words: str = "") -> list[IndexEntry]:
        """The letters that match *words*, newest first. Files that somebody removed are left out."""
        try:
            present = {name for name in os.listdir(self.folder) if name.endswith(".eml")}
            # A full disk may have cut a line short within a character.
            lines = (self.folder / INDEX).read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []
        entries = [_entry(line) for line in reversed(lines)]
        return [e for e in entries if e and self._file(e.number).name in present and e.matches(words)]

    def letter(self, number: int) -> CaughtLetter:
        """Letter *number*, opened.

        Raises:
            NotFound: there is none of that number.
        """
        raw = self.raw(number)
        message = message_from_bytes(raw, policy=policy.default)
        headers = tuple((name, str(value)) for name, value in message.items())
        return CaughtLetter(
            number, headers, _body_text(message, "html"), _body_text(message, "plain"), raw, _embedded_images(message)
        )

    def raw(self, number: int) -> bytes:
        """The bytes of letter *number*.

        Raises:
            NotFound: there is none of that number.
        """
        try:
            return self._file(number).read_bytes()
        except FileNotFoundError:
            raise NotFound(phrase("There is no letter {number} in the mailbox.", number=number)) from None

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06d}.eml"

    def _last(self) -> int:
        return max((int(name[:-4]) for name in os.listdir(self.folder) if name[:-4].isdigit()), default=0)


def _trace_headers(sender: str, recipients: tuple[str, ...], now: datetime) -> bytes:
    lines = [f"Return-Path: <{sender}>"]
    lines += [f"X-Original-To: {recipient}" for recipient in recipients]
    lines += [f"Received: by localhost (Kairan's mailbox); {format_datetime(now)}"]
    return "".join(line + "\r\n" for line in lines).encode()


def _subject(content: bytes) -> str:
    head = content.split(b"\r\n\r\n", 1)[0][:100_000]
    return str(BytesHeaderParser(policy=policy.default).parsebytes(head + b"\r\n\r\n").get("Subject", ""))


def _entry(line: str) -> IndexEntry | None:
    with contextlib.suppress(ValueError, KeyError, TypeError):  # a line cut short by a full disk
        values = json.loads(line)
        return IndexEntry(
            values["number"],
            datetime.fromisoformat(values["caught_at"]),
            values["sender"],
            tuple(values["recipients"]),
            values["subject"],
            values["size"],
        )
    return None


def _embedded_images(message: EmailMessage) -> tuple[tuple[str, str], ...]:
    found = []
    for part in message.walk():
        name, content = part.get("Content-ID", ""), part.get_payload(decode=True)
        if name and isinstance(content, bytes):
            data = b64encode(content).decode()
            found.append((f"cid:{str(name).strip('<>')}", f"data:{part.get_content_type()};base64,{data}"))
    return tuple(found)


def _body_text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    charset = part.get_content_charset("utf-8")
    try:
        return payload.decode(charset, errors="replace")
    except LookupError:  # a charset that Python does not know
        return payload.decode("utf-8", errors="replace")
