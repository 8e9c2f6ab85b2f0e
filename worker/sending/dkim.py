"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463), made so that a letter costs two hashes and the bare signing.

Relaxed/relaxed, no ``l=``. ``From`` and ``Subject`` are named once more than they occur (oversigned), so that nobody
can add a second one. Sign what goes over the wire before dots are stuffed, and change nothing after it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.issues.dkim_key import Key
from models.store import clock

OVERSIGNED = ("from", "subject")
SIGNED = (
    *("from", "subject", "to", "cc", "date", "message-id", "in-reply-to", "references", "reply-to", "sender"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-language"),
    *("list-id", "list-help", "list-owner", "list-archive", "list-post", "list-subscribe"),
    *("list-unsubscribe", "list-unsubscribe-post", "feedback-id", "auto-submitted"),
)
"""Header fields that are signed where present, in this order. RFC 8058 wants List-Unsubscribe and its Post covered."""

_CONTROL_WHITE_SPACE = b"\x00\x0b\x0c"
"""White space to some, but not to RFC 6376."""
_WSP = re.compile(rb"[ \t]+")


class Signer:
    """Signs letters with one key or several (dual signing). Safe to use from several threads.

    Arguments:
        keys: one signature each; the first one stands on top.
        signed: lower-case names of the header fields to sign where they are present.
    """

    def __init__(self, keys: Sequence[Key], *, signed: Sequence[str] = SIGNED) -> None:
        self._keys = tuple(keys)
        self._order = {name.encode(): index for index, name in enumerate(signed)}
        self._prefixes: dict[tuple[bytes, ...], list[_SignaturePrefix]] = {}

    def sign(self, headers: bytes, body: bytes, *, canonical_body: bool = False) -> bytes:
        """The DKIM-Signature field or fields, CRLF at the end, to be put before *headers*.

        Arguments:
            headers: the header block with CRLF line ends; with or without the empty line behind it.
            body: what follows the empty line.
            canonical_body: the caller's promise that :func:`canonical` would not change *body*: no space or tab at the
                end of a line nor two in a row, one CRLF at the end and no empty line before it. So is base64.

        Raises:
            ValueError: *headers* has a CR or LF that stands alone, other control characters that some verifiers take
                for white space, no From, or a line that is no field.
        """
        names, block = self._select(headers)
        hashed = hashlib.sha256(body if canonical_body else canonical(body)).digest()
        tail = b"%d; bh=%s; b=" % (int(clock.now().timestamp()), base64.b64encode(hashed))
        prefixes = self._prefixes.get(names)
        if prefixes is None:
            prefixes = self._prefixes[names] = [_SignaturePrefix.of(key, names) for key in self._keys]
        lines = []
        for prefix in prefixes:
            signature = base64.b64encode(prefix.key.sign(block + prefix.relaxed + tail))
            lines.append(prefix.folded + tail.replace(b" ", b"\r\n\t") + _fold_signature(signature) + b"\r\n")
        return b"".join(lines)

    # Each letter is signed, so everything that does not depend on the letter is computed once and kept: a letter
    # adds its time (t=) and the hash of its body (bh=) to a prefix that holds for all letters with the same fields in
    # the same order (mostly one prefix for a whole issue). The prefix is kept twice: as it stands in the letter, folded
    # into lines, and as it is signed, in relaxed form on one line. Folding adds only white space that the relaxed form
    # takes away again (RFC 6376, 3.4.2), so the one follows from the other without canonicalising it anew.

    def _select(self, headers: bytes) -> tuple[tuple[bytes, ...], bytes]:
        """The names for ``h=``, and the canonical fields that they stand for."""
        if headers.count(b"\n") != (breaks := headers.count(b"\r\n")) or headers.count(b"\r") != breaks:
            raise ValueError("the headers have a CR or LF that stands alone")
        if len(headers.translate(None, _CONTROL_WHITE_SPACE)) != len(headers):
            raise ValueError("the headers have control characters")
        chosen = []
        for line in headers.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").rstrip(b"\r\n").split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if not colon:
                raise ValueError(f"the headers have a line that is no field: {line[:40]!r}")
            lowered = name.rstrip().lower()
            place = self._order.get(lowered)
            if place is not None:
                chosen.append((place, lowered, b" ".join(value.split())))
        # Of several fields with one name, the lowest one is the first that h= means (RFC 6376, 5.4.2).
        chosen.reverse()
        chosen.sort(key=lambda one: one[0])
        counts = Counter(name for _, name, _ in chosen)
        if not counts[b"from"]:
            raise ValueError("the letter has no From")
        names = [name for _, name, _ in chosen]
        names += [name.encode() for name in OVERSIGNED]
        return tuple(names), b"".join(name + b":" + value + b"\r\n" for _, name, value in chosen)


@dataclass(frozen=True, slots=True)
class _SignaturePrefix:
    """What of a signature field is the same for all letters with the same fields, up to the time after ``t=``."""

    key: Key
    folded: bytes
    relaxed: bytes

    @classmethod
    def of(cls, key: Key, names: tuple[bytes, ...]) -> _SignaturePrefix:
        head = f"v=1; a={key.kind.value}-sha256; c=relaxed/relaxed; d={key.domain};|s={key.selector};|"
        listed = _wrap_names(b":".join(names).decode())
        text = f"{head}h={listed};|t="
        return cls(
            key,
            b"DKIM-Signature: " + text.replace("|", "\r\n\t").encode(),
            b"dkim-signature:" + text.replace("|", " ").encode(),
        )


def canonical(body: bytes) -> bytes:
    """*body* in the relaxed form (RFC 6376, 3.4.4); empty stays empty."""
    if b" \r\n" in body or b"  " in body or b"\t" in body or body[-1:] == b" ":
        body = b"\r\n".join(_WSP.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def _wrap_names(listed: str) -> str:
    """A list of names in lines of about 70 characters; ``|`` where a line ends."""
    lines = [""]
    for name in listed.split(":"):
        if len(lines[-1]) + len(name) > 66:
            lines.append("")
        lines[-1] += f"{name}:"
    return "|".join(lines)[:-1]


def _fold_signature(signature: bytes) -> bytes:
    return b"\r\n\t".join(signature[begin : begin + 72] for begin in range(0, len(signature), 72))
