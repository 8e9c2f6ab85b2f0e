"""Whether an address on the web answers: asked politely, and never inside of a private network.

An author can write any address into an issue, and our server asks it. So the name is resolved once, every address
that it resolves to must be public, and the connection goes to exactly that address (no second look-up that could
say something else). Redirects are followed by hand under the same rule. The answer's body is not read.
"""

from __future__ import annotations

import enum
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BytesIO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from models.store.lookup.host_lookup import addresses_of
from models.store.public_address import is_public

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
"""For one address, from looking up its name to the end of the last answer's head."""
MAX_HEAD_BYTES = 64 * 1024
MAX_REDIRECTS = 5
_ADDRESS_CHARACTERS = "!#$%&'()*+,/:;=?@[]~|"
"""Besides letters and digits, what stands in an address as it is (RFC 3986, 2; browsers let | be)."""
USER_AGENT = "Kairan-preflight/1 (link check before a newsletter is sent)"


class Status(enum.Enum):
    """What came of asking."""

    FINE = "fine"
    BROKEN = "broken"
    PRIVATE = "private"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of asking one address.

    ``detail`` is the status code, or why there is none: ``name``, ``certificate`` or ``timeout``, empty for the rest.
    """

    status: Status
    detail: str = ""


def check_url(url: str, *, allowed: Callable[[str], bool] = is_public, seconds: float = TOTAL_SECONDS) -> Reached:
    """Ask for *url* with HEAD, and with GET where HEAD is refused. Whatever a server answers is a finding.

    Arguments:
        url: http or https.
        allowed: whether an IP address may be connected to.
        seconds: what all of it may take, with every redirect.
    """
    deadline = time.monotonic() + seconds
    try:
        return _follow(url, allowed, deadline)
    except (OSError, HTTPException) as error:
        return Reached(Status.UNREACHABLE, _reason(error))
    except ValueError:
        return Reached(Status.BROKEN, "address")


def _follow(url: str, allowed: Callable[[str], bool], deadline: float) -> Reached:
    for _ in range(MAX_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return Reached(Status.BROKEN, parts.scheme or "?")
        address = _resolve(parts, allowed, deadline)
        if address is None:
            return Reached(Status.PRIVATE)
        code, location = _request(parts, address, deadline)
        if location and 300 <= code < 400:
            # Its bytes came as Latin-1; browsers send them back as they are.
            url = urljoin(url, quote(location, safe=_ADDRESS_CHARACTERS, encoding="latin-1"))
            continue
        # A server that wants a login, or no robots, is there all the same.
        fine = code < 400 or code in (401, 403, 405, 429)
        return Reached(Status.FINE if fine else Status.BROKEN, str(code))
    return Reached(Status.BROKEN, "redirect loop")


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "name"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    return "timeout" if isinstance(error, TimeoutError) else ""


def _resolve(parts: SplitResult, allowed: Callable[[str], bool], deadline: float) -> str | None:
    """The address to connect to, or None where one of those that the name has is not allowed."""
    assert parts.hostname is not None
    addresses = addresses_of(parts.hostname, _port(parts), _left(deadline))
    return addresses[0] if addresses and all(allowed(address) for address in addresses) else None


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _left(deadline: float) -> float:
    """Seconds until *deadline*.

    Raises:
        TimeoutError: there are none.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(parts: SplitResult, address: str, deadline: float) -> tuple[int, str]:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = quote(target, safe=_ADDRESS_CHARACTERS)  # as browsers do with Japanese letters and blanks
    answer = _exchange("HEAD", target, parts, address, deadline)
    if answer[0] in (404, 405, 501):
        # Some servers know GET only.
        answer = _exchange("GET", target, parts, address, deadline)
    return answer


def _exchange(method: str, target: str, parts: SplitResult, address: str, deadline: float) -> tuple[int, str]:
    assert parts.hostname is not None
    connection = HTTPConnection(parts.hostname, _port(parts))
    with socket.create_connection((address, _port(parts)), min(CONNECT_SECONDS, _left(deadline))) as raw:
        raw.settimeout(_left(deadline))
        encrypted = parts.scheme == "https"
        context = ssl.create_default_context() if encrypted else None
        connection.sock = context.wrap_socket(raw, server_hostname=parts.hostname) if context else raw
        try:
            headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
            connection.request(method, target, headers=headers)
            answer = HTTPResponse(_Received(_head(connection.sock, deadline)), method=method)  # type: ignore[arg-type]
            answer.begin()
            return answer.status, answer.getheader("Location", "")
        finally:
            connection.close()


class _Received:
    """What a server sent, as the socket that the standard library reads an answer from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        """A file to read the answer from."""
        return BytesIO(self._data)


def _head(sock: socket.socket, deadline: float) -> bytes:
    """The head of an answer. A server that sends it a byte at a time gets no more time for that than any other.

    Raises:
        TimeoutError: the head is not there by *deadline*.
        HTTPException: it is longer than any real one.
    """
    received = b""
    while b"\r\n\r\n" not in received and b"\n\n" not in received:
        if len(received) > MAX_HEAD_BYTES:
            raise HTTPException("the head of the answer is too long")
        sock.settimeout(_left(deadline))
        part = sock.recv(8192)
        if not part:
            break
        received += part
    return received
