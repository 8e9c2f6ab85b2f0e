"""Header lines: folding, encoded-words, addresses.

The standard library folds most long Japanese subjects into encoded-words of more than 75 characters and turns long
addresses of List-Unsubscribe into encoded-words, which kills one-click unsubscribing. So lines are made here:

- an encoded-word has at most 75 characters and is decodable alone; its line has at most 76 (RFC 2047, section 2);
- no line is longer than 998 bytes (RFC 5322, 2.1.1);
- web addresses are written as they are and never encoded.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

from models.store import mail_address
from models.store.clock import TOKYO
from models.store.errors import Invalid
from models.store.phrase import phrase

from ..content.personal_values import clusters, has_control, without_direction

LINE_LENGTH = 76
MAX_LINE_LENGTH = 998
_MAX_WORD_LENGTH = 75
_WORD_OVERHEAD = len("=?UTF-8?B??=")

_PLAIN_PHRASE = re.compile(rf"{mail_address.ATEXT}+(?: {mail_address.ATEXT}+)*")
_URL_FORBIDDEN = re.compile(r'[\x00-\x20\x7f<>"\\^`{|}]')


def checked(text: str, header: str) -> str:
    """*text*, if it may stand in a header.

    Raises:
        Invalid: it has a line end, NUL or another control character: somebody tries to add headers, or a
            paste went wrong.
    """
    if has_control(text):
        raise Invalid(
            phrase("{header}: line ends and control characters cannot stand in a header; remove them", header=header),
            field=header,
        )
    return text


def encoded_words(text: str, available: int = _MAX_WORD_LENGTH) -> list[str]:
    """*text* as encoded-words (RFC 2047, UTF-8, B), none cutting a character.

    Arguments:
        text: anything without control characters.
        available: characters that the first word may have; the others have up to 75.
    """
    words: list[str] = []
    limit, chunk = _bytes_per_word(available), b""
    for unit in _units(text):
        if chunk and len(chunk) + len(unit) > limit:
            words.append(_encoded_word(chunk))
            limit, chunk = _bytes_per_word(_MAX_WORD_LENGTH), b""
        chunk += unit
    return [*words, _encoded_word(chunk)] if chunk else words


def _bytes_per_word(available: int) -> int:
    return (min(available, _MAX_WORD_LENGTH) - _WORD_OVERHEAD) // 4 * 3


def _encoded_word(data: bytes) -> str:
    return f"=?UTF-8?B?{b64encode(data).decode()}?="


def _units(text: str) -> list[bytes]:
    """What must not be cut: clusters, or characters where a cluster alone would be too long for a word."""
    units: list[bytes] = []
    for cluster in clusters(text):
        data = cluster.encode()
        units += [data] if len(data) <= 36 else [character.encode() for character in cluster]
    return units


def fold(name: str, tokens: Sequence[str]) -> str:
    """The header *name* with *tokens* between single spaces, folded before those that would pass column 76.

    Returns:
        Lines, each ended by CRLF. A token that is longer than a line stands alone on one.

    Raises:
        Invalid: a token is longer than any line may be.
    """
    lines, line = [], f"{name}:"
    for count, token in enumerate(tokens):
        if count and len(line) + 1 + len(token) > LINE_LENGTH:
            lines.append(line)
            line = ""
        line += f" {token}"
        if len(line) > MAX_LINE_LENGTH:
            raise Invalid(
                phrase(
                    "{name}: longer than a line of mail may be ({max_line_length} characters)",
                    name=name,
                    max_line_length=MAX_LINE_LENGTH,
                ),
                field=name,
            )
    return "\r\n".join([*lines, line]) + "\r\n"


def unstructured(name: str, value: str) -> str:
    """The header *name* with any text (Subject): as it is where it is plain ASCII, else as encoded-words.

    Raises:
        Invalid: *value* has control characters.
    """
    words = checked(value, name).split(" ")
    if value.isascii() and "=?" not in value and all(words) and max(map(len, words)) < LINE_LENGTH - len(name) - 1:
        return fold(name, words)
    return fold(name, encoded_words(value, LINE_LENGTH - len(name) - 2))


def display_name(text: str, header: str, available: int) -> list[str]:
    """A display name as tokens for :func:`fold`: atoms, a quoted string, or encoded-words.

    Raises:
        Invalid: *text* has control characters.
    """
    name = " ".join(word for word in without_direction(checked(text, header)).split(" ") if word)
    if not name.isascii() or "=?" in name or any(len(word) > LINE_LENGTH - 4 for word in name.split(" ")):
        return encoded_words(name, available)
    if _PLAIN_PHRASE.fullmatch(name):
        return name.split(" ")
    return ('"' + re.sub(r'(["\\])', r"\\\1", name) + '"').split(" ") if name else []


def mailbox(header: str, name: str, address: str) -> str:
    """The header *header* with one mailbox: display name and address (RFC 5322, 3.4).

    Raises:
        Invalid: the name has control characters, or the address is none.
    """
    spec = addr_spec(address, header)
    tokens = display_name(name, header, LINE_LENGTH - len(header) - 2)
    return fold(header, [*tokens, f"<{spec}>"] if tokens else [spec])


def addr_spec(address: str, header: str) -> str:
    """*address* as it stands in *header*: see :func:`models.store.mail_address.addr_spec`.

    Raises:
        Invalid: it is no address.
    """
    address = checked(address, header)
    try:
        return mail_address.addr_spec(address)
    except Invalid as error:
        raise Invalid(phrase("{header}: {error}", header=header, error=error), field=header) from None


def web_address(url: str, header: str) -> str:
    """*url* in ASCII: the host as A-labels, other characters beyond ASCII percent-encoded (RFC 3987, 3.1).

    Raises:
        Invalid: it is not a whole http, https or mailto address, or has characters that no address has.
    """
    if _URL_FORBIDDEN.search(checked(url, header)):
        raise Invalid(
            phrase("{header}: “{url}” has characters that a web address cannot have", header=header, url=url[:80]),
            field=header,
        )
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise Invalid(
            phrase("{header}: “{url}” is not a web address", header=header, url=url[:80]), field=header
        ) from None
    if not (parts.scheme in ("http", "https") and host) and not (parts.scheme == "mailto" and parts.path):
        raise Invalid(
            phrase("{header}: “{url}” is not a whole web address (https://…)", header=header, url=url[:80]),
            field=header,
        )
    if parts.netloc and not parts.netloc.isascii():
        # In the text itself: taking an address apart and putting it together loses an empty query.
        url = url.replace(parts.netloc, parts.netloc.replace(str(host), _a_labels(str(host), header)), 1)
    # A comma would part two addresses of a List- header (RFC 2369, section 2).
    return quote(url, safe="%/:?#[]@!$&'()*+;=~-._").replace(",", "%2C")


def _a_labels(host: str, header: str) -> str:
    try:
        return mail_address.a_labels(host)
    except Invalid as error:
        raise Invalid(phrase("{header}: {error}", header=header, error=error), field=header) from None


def date_value(moment: datetime) -> bytes:
    """*moment* (aware) as a Date header says it (RFC 5322, 3.3), in Japan's time."""
    return format_datetime(moment.astimezone(TOKYO)).encode()


def fold_each(name: str, tokens: Sequence[str]) -> str:
    """The header *name* with one of *tokens* to a line.

    Raises:
        Invalid: a token is longer than any line may be.
    """
    if max(map(len, tokens)) > MAX_LINE_LENGTH - len(name) - 2:
        raise Invalid(
            phrase(
                "{name}: longer than a line of mail may be ({max_line_length} characters)",
                name=name,
                max_line_length=MAX_LINE_LENGTH,
            ),
            field=name,
        )
    return f"{name}: " + "\r\n ".join(tokens) + "\r\n"
