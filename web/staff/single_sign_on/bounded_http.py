"""Asking the identity provider over HTTP, so that no page waits longer than five seconds, whatever it answers.

A provider that is down, slow or drips its answer costs a thread that time at most; no redirect is followed, so that
what it knows of us (a client's secret, a code) goes to the address that was agreed on and nowhere else.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

from models.store.lookup.host_lookup import addresses_of
from models.store.public_address import is_public

SECONDS = 5.0
"""For one question, from looking up the name to the end of the answer."""
MAX_ANSWER_BYTES = 256 * 1024
"""Head included. Keys and the groups of one person take a tenth of it."""


class ProviderDown(Exception):
    """The provider does not answer, or not in time. Its text is for the log."""


class ProviderWrong(Exception):
    """The provider's answer is not what the protocol has. Its text is for the log, and holds nothing secret."""


class ProviderAnswer(NamedTuple):
    """What came: a status, and JSON that is an object."""

    status: int
    content: dict[str, Any]


def ask(
    url: str, *, body: str | None = None, headers: Mapping[str, str] | None = None, beside: str = ""
) -> ProviderAnswer:
    """GET *url*, or POST the form *body* there, and read the JSON that comes.

    Arguments:
        beside: the host that has named *url*. It leads us to no network that it is not in itself: from a public address
            to public ones alone, and from none to a link-local one, where machines of clouds keep their secrets.

    Raises:
        ProviderDown: there was no answer within :data:`SECONDS`, or one of 5xx.
        ProviderWrong: it is a redirect, too large, or no JSON object; or it stands where *beside* may not lead.
    """
    deadline = time.monotonic() + SECONDS
    try:
        response, content = _exchange(urlsplit(url), body, headers or {}, deadline, beside)
    except ssl.SSLCertVerificationError as error:
        raise ProviderDown(f"its certificate does not verify: {error.verify_message}") from error
    except TimeoutError as error:
        raise ProviderDown(f"no answer within {SECONDS:g} seconds") from error
    except (OSError, HTTPException, ValueError) as error:
        raise ProviderDown(f"{type(error).__name__}: {error}"[:300]) from error
    if response.status >= 500 or response.status == 429:
        raise ProviderDown(f"it answers {response.status}")
    if 300 <= response.status < 400:
        raise ProviderWrong(f"it answers {response.status}, a redirect, which is not followed")
    return ProviderAnswer(response.status, _as_object(content, response.status))


def _as_object(content: bytes, status: int) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderWrong(f"it answers {status} with what is no JSON object")
    return found


def _exchange(
    parts: SplitResult, body: str | None, headers: Mapping[str, str], deadline: float, beside: str
) -> tuple[HTTPResponse, bytes]:
    host, encrypted = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _connect(host, port, deadline, beside) as raw:
        sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if encrypted else raw
        with sock:
            connection = HTTPConnection(host, parts.port)
            connection.sock = cast(socket.socket, _BoundedSocket(sock, deadline))
            sent = {"Accept": "application/json", "Connection": "close", **headers}
            if body is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("GET" if body is None else "POST", target, body, sent)
            response = connection.getresponse()
            return response, response.read()


def _connect(host: str, port: int, deadline: float, beside: str) -> socket.socket:
    """A connection to the first address of *host* that takes one."""
    refused: OSError = OSError("the host has no address")
    addresses = addresses_of(host, port, _left(deadline))
    if beside and host != beside:
        _refuse_inner(host, addresses, addresses_of(beside, port, _left(deadline)))
    for address in addresses:
        try:
            made = socket.create_connection((address, port), _left(deadline))
        except TimeoutError:
            raise
        except OSError as error:
            refused = error
            continue
        made.settimeout(_left(deadline))  # the handshake's, too
        return made
    raise refused


def _refuse_inner(host: str, addresses: list[str], named_by: list[str]) -> None:
    """Refuse a host within a network that whoever has named it is not in."""
    from_outside = all(is_public(address) for address in named_by)
    for address in addresses:
        link_local = ip_address(address.partition("%")[0]).is_link_local
        if link_local or (from_outside and not is_public(address)):
            raise ProviderWrong(f"it names {host[:100]!r}, which stands at {address}: an inner network")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _BoundedSocket:
    """A socket as :class:`http.client.HTTPConnection` uses it: with one deadline, and a limit for what comes."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        """Send *data*."""
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes, as a file."""
        return io.BufferedReader(_BoundedAnswer(self._sock, self._deadline))

    def close(self) -> None:
        """Whoever opened the socket closes it."""


class _BoundedAnswer(io.RawIOBase):
    """What a server sends, until it is too late or too much."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline, self._size = sock, deadline, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there; a byte at a time gets no more time than all at once."""
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._size += count
        if self._size > MAX_ANSWER_BYTES:
            raise ProviderWrong(f"its answer is larger than {MAX_ANSWER_BYTES // 1024} KB")
        return count
