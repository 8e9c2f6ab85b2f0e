"""Fetching a feed whose address somebody typed: never from inside a private network, and never for long.

As with links that preflight asks for, the name is resolved once, every address that it has must be public, and the
connection goes to exactly that address. Redirects are followed by hand under the same rule.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NamedTuple, cast
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from ...store import link_address
from ...store.errors import Invalid
from ...store.lookup.host_lookup import addresses_of
from ...store.phrase import Phrase, phrase
from ...store.public_address import is_public

SECONDS = 10.0
"""For all of it, from looking up the name to the last byte."""
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 3
_STAYS = "!#$%&'()*+,/:;=?@[]~|"
_HEADERS = {
    "User-Agent": "Kairan-feed/1 (articles for a newsletter)",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
    "Accept-Encoding": "identity",
    "Connection": "close",
}

PRIVATE = phrase("this address leads into a private network, where no server of ours may look")
SLOW = phrase("the site did not answer within {seconds} seconds: try again later")
LARGE = phrase("what the site sends is larger than {limit} MB, and so no feed")
UNREACHABLE = phrase("the site cannot be reached: see whether the address was copied whole")
STATUS = phrase("the site answers with the error {status}: see whether the address was copied whole")
CERTIFICATE = phrase("the certificate of the site is not valid, so nobody knows whose answer it is")


class Fetched(NamedTuple):
    """What came, and from where in the end."""

    data: bytes
    address: str


class _TooLarge(Exception):
    pass


def fetch(address: str, *, allowed: Callable[[str], bool] = is_public, seconds: float = SECONDS) -> Fetched:
    """The bytes that stand at *address*.

    Arguments:
        address: http or https.
        allowed: whether an IP address may be connected to.
        seconds: what all of it may take.

    Raises:
        Invalid: it cannot be asked, does not answer in time, or answers with something else; field ``feed``.
    """
    deadline = time.monotonic() + seconds
    try:
        return _follow(address, allowed, deadline)
    except ssl.SSLCertVerificationError:
        raise _wrong(CERTIFICATE) from None
    except TimeoutError:
        raise _wrong(SLOW.filled(seconds=round(seconds))) from None
    except _TooLarge:
        raise _wrong(LARGE.filled(limit=MAX_BYTES // 1024 // 1024)) from None
    except (OSError, HTTPException, ValueError):
        raise _wrong(UNREACHABLE) from None


def _wrong(words: Phrase) -> Invalid:
    return Invalid(words, field="feed")


def _follow(address: str, allowed: Callable[[str], bool], deadline: float) -> Fetched:
    for _ in range(MAX_REDIRECTS + 1):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise _wrong(link_address.NOT_WHOLE.filled(name=address[:200]))
        addresses = addresses_of(parts.hostname, _port(parts), _left(deadline))
        if not addresses or not all(allowed(one) for one in addresses):
            raise _wrong(PRIVATE)
        status, location, data = _ask(parts, addresses[0], deadline)
        if 300 <= status < 400 and location:
            address = urljoin(address, quote(location, safe=_STAYS, encoding="latin-1"))
            continue
        if status != 200:
            raise _wrong(STATUS.filled(status=status))
        return Fetched(data, address)
    raise _wrong(UNREACHABLE)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _ask(parts: SplitResult, address: str, deadline: float) -> tuple[int, str, bytes]:
    """Status, where a redirect leads, and the body of an answer with status 200."""
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_STAYS)
    with socket.create_connection((address, _port(parts)), _left(deadline)) as raw:
        raw.settimeout(_left(deadline))
        encrypted = parts.scheme == "https"
        sock = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname) if encrypted else raw
        with sock:
            connection = HTTPConnection(parts.hostname or "", parts.port)
            connection.sock = cast(socket.socket, _Bounded(sock, deadline))
            connection.request("GET", target, headers=_HEADERS)
            answer: HTTPResponse = connection.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read() if answer.status == 200 else b""


class _Bounded(io.RawIOBase):
    """A socket as HTTPConnection uses it, and what it reads from: with one deadline and a limit of size."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline, self._size = sock, deadline, 0

    def sendall(self, data: bytes) -> None:
        """Send *data*."""
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes, as a file."""
        return io.BufferedReader(_Bounded(self._sock, self._deadline))

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there; a byte at a time gets no more time than all at once."""
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._size += count
        if self._size > MAX_BYTES:
            raise _TooLarge
        return count
