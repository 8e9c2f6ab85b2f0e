"""Freezing: a message becomes bytes with slots, so that a reader's copy is a matter of joining.

What is frozen is what decides a copy and no more: the bytes of headers and boundaries as they go out, and the parts
before base64. A :class:`~templates.message.stamp.Stamper` turns them into ready segments in a few milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any

from models.store import token
from models.store.errors import Invalid
from models.store.token import Purpose

from ..content.slot import Escape, FieldSlot, HeaderSlot, Slot, TokenSlot, WrappedSlot
from . import base64_layout, header
from .mime import DATE, TO, Folded, Message, Pieces

Segments = tuple[bytes | Slot, ...]
"""Bytes with slots between them."""

_MAGIC = b"KAIRAN-EDITION\x01"
_TYPICAL_LENGTHS = {"to": 24, "date": 31}


@dataclass(frozen=True)
class FrozenMessage:
    """A message with slots, as it is kept in the database."""

    headers: tuple[bytes | Slot | Folded, ...]
    body: tuple[bytes | Segments, ...]
    """Bytes are written as they are; segments become base64."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over everything that decides what a copy looks like."""
        return sha256(self.pack()).hexdigest()

    @cached_property
    def size(self) -> int:
        """Bytes of a copy as it is sent, with fields at their fallbacks and a To of 24 characters."""
        headers = sum(
            len(header.unstructured(node.name, _sample_text(node.text))) if isinstance(node, Folded) else _length(node)
            for node in self.headers
        )
        parts = (
            node if isinstance(node, bytes) else base64_layout.encode(list(map(_sample_chunk, node)))
            for node in self.body
        )
        return headers + 2 + sum(map(len, parts))

    @property
    def html_size(self) -> int:
        """Bytes of the HTML part before base64 (Gmail clips beyond 102,400)."""
        return sum(map(_length, self.part("text/html")))

    @property
    def text_size(self) -> int:
        """Bytes of the text part before base64."""
        return sum(map(_length, self.part("text/plain")))

    def part(self, media_type: str) -> Segments:
        """The part of a type, e.g. ``text/html``; empty where there is none."""
        wanted, here = f"Content-Type: {media_type};".encode(), False
        for node in self.body:
            if isinstance(node, bytes):
                here = wanted in node
            elif here:
                return node
        return ()

    def pack(self) -> bytes:
        """As bytes for the database: versioned, the same for equal messages."""
        blob: list[bytes] = []
        plan = {
            "headers": [_described(node, blob) for node in self.headers],
            "body": [_described(node, blob) for node in self.body],
        }
        index = json.dumps(plan, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()
        return b"".join((_MAGIC, len(index).to_bytes(4, "big"), index, *blob))

    @classmethod
    def unpack(cls, data: bytes) -> FrozenMessage:
        """What :meth:`pack` wrote.

        Raises:
            Invalid: *data* is cut short, was written by a newer Kairan, or is something else.
        """
        start = len(_MAGIC) + 4
        if data[: len(_MAGIC)] != _MAGIC:
            raise Invalid("this is no edition, or one that a newer Kairan has frozen")
        end = start + int.from_bytes(data[len(_MAGIC) : start], "big")
        try:
            plan, blob = json.loads(data[start:end]), _BlobReader(data, end)
            headers = tuple(blob.header(note) for note in plan["headers"])
            body = tuple(blob.body(note) for note in plan["body"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("this edition is damaged") from error
        if blob.at != len(data):
            raise Invalid("this edition is damaged")
        return cls(headers, body)


def freeze(message: Message) -> FrozenMessage:
    """Freeze *message*.

    Raises:
        Invalid: it would need dot-stuffing or lines longer than mail allows, or has a slot where none can be
            filled; composing never makes such.
    """
    headers = tuple(_joined(node.encode("ascii") if isinstance(node, str) else node for node in message.headers))
    body = tuple(_joined(node.encode("ascii") if isinstance(node, str) else _bytes(node) for node in message.body))
    _check(b"".join(node if isinstance(node, bytes) else b"x" for node in headers))
    for node in body:
        if isinstance(node, bytes):
            _check(node)
    if any(
        isinstance(node, FieldSlot | WrappedSlot) or (isinstance(node, HeaderSlot) and node not in (TO, DATE))
        for node in headers
    ):
        raise Invalid("a header has a slot that no copy can fill")
    if any(isinstance(inner, HeaderSlot) for node in body if isinstance(node, tuple) for inner in node):
        raise Invalid("a slot of a header stands in the body")
    return FrozenMessage(headers, body)


def _check(data: bytes) -> None:
    lines = data.split(b"\r\n")
    if any(
        line.startswith(b".") or len(line) > header.MAX_LINE_LENGTH or b"\n" in line or b"\r" in line for line in lines
    ):
        raise Invalid("a line of the message cannot be sent as it is")


def _bytes(text: Pieces) -> Segments:
    return tuple(_joined(part.encode() if isinstance(part, str) else part for part in text))


def _joined(nodes: Iterable[Any]) -> Iterable[Any]:
    """*nodes* with neighbouring bytes joined."""
    for is_bytes, run in groupby(nodes, lambda node: isinstance(node, bytes)):
        if is_bytes:
            yield b"".join(run)
        else:
            yield from run


def _length(node: bytes | Slot) -> int:
    match node:
        case bytes():
            return len(node)
        case TokenSlot():
            return token.LENGTH
        case HeaderSlot(name):
            return _TYPICAL_LENGTHS[name]
        case FieldSlot(fallback=fallback):
            return len(fallback.encode())
        case WrappedSlot():
            return len(node.filled(lambda slot: slot.fallback, "\r\n").encode())


def _sample_text(text: Pieces) -> str:
    return "".join(part if isinstance(part, str) else "x" * _length(part) for part in text)


def _sample_chunk(node: bytes | Slot) -> base64_layout.Chunk:
    if isinstance(node, bytes):
        return base64_layout.Chunk(node)
    return base64_layout.Chunk(b"x" * _length(node), slot=True)


def _described(node: bytes | str | Slot | Folded | Segments, blob: list[bytes]) -> Any:
    """How the index says *node*: a number of bytes of the blob, or a list that begins with a kind."""
    match node:
        case bytes():
            blob.append(node)
            return len(node)
        case str():
            return node
        case TokenSlot(purpose):
            return ["token", purpose.value]
        case FieldSlot(name, fallback, escape, honorific):
            return ["field", name, fallback, escape.value, *([honorific] if honorific else [])]
        case WrappedSlot(text, first, rest, width):
            pieces = [part if isinstance(part, str) else _described(part, blob) for part in text]
            return ["wrapped", first, rest, width, *pieces]
        case HeaderSlot(name):
            return ["header", name]
        case Folded(name, text):
            return ["folded", name, *(_described(part, blob) for part in text)]
        case _:
            return ["part", *(_described(part, blob) for part in node)]


def _piece(note: Any) -> str | FieldSlot:
    slot = note if isinstance(note, str) else _BlobReader.slot(note)
    if not isinstance(slot, str | FieldSlot):
        raise ValueError("no piece of a paragraph")
    return slot


class _BlobReader:
    """Reads notes back; bytes come out of *data* one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def header(self, note: Any) -> bytes | Slot | Folded:
        if isinstance(note, list) and note[0] == "folded":
            return Folded(note[1], tuple(part if isinstance(part, str) else self.slot(part) for part in note[2:]))
        return self.segment(note)

    def body(self, note: Any) -> bytes | Segments:
        if isinstance(note, list):
            return tuple(self.segment(part) for part in note[1:])
        return self.take(note)

    def segment(self, note: Any) -> bytes | Slot:
        return self.slot(note) if isinstance(note, list) else self.take(note)

    def take(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        if count < 0 or len(found) != count:
            raise ValueError("cut short")
        self.at += count
        return found

    @staticmethod
    def slot(note: list[Any]) -> Slot:
        match note:
            case ["token", purpose]:
                return TokenSlot(Purpose(purpose))
            case ["field", name, fallback, escape, *honorific]:
                return FieldSlot(name, fallback, Escape(escape), *honorific)
            case ["wrapped", first, rest, width, *pieces]:
                return WrappedSlot(tuple(map(_piece, pieces)), first, rest, width)
            case ["header", name]:
                return HeaderSlot(name)
            case _:
                raise ValueError("no such slot")
