"""Whether an address on the web answers: asked politely, and never inside of a private network.

An author can write any address into an issue, and our server asks it. So the name is resolved once, every address
that it resolves to must be public, and the connection goes to exactly that address (no second look-up that could
say something else). Redirects are followed by hand under the same rule. The answer's body is not read.
"""

from __future__ import annotations

import enum
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit

TIMEOUT_SECONDS = 5.0
MAX_REDIRECTS = 5
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


def is_public(address: str) -> bool:
    """Whether an IP address is one that readers reach too."""
    return ipaddress.ip_address(address).is_global


def check_url(url: str, *, allowed: Callable[[str], bool] = is_public) -> Reached:
    """Ask for *url* with HEAD, and with GET where HEAD is refused.

    Arguments:
        url: http or https.
        allowed: whether an IP address may be connected to.
    """
    for _ in range(MAX_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return Reached(Status.BROKEN, parts.scheme or "?")
        try:
            address = _resolve(parts, allowed)
            if address is None:
                return Reached(Status.PRIVATE)
            code, location = _request(parts, address)
        except (OSError, HTTPException, ValueError) as error:
            return Reached(Status.UNREACHABLE, _reason(error))
        if location and 300 <= code < 400:
            url = urljoin(url, location)
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


def _resolve(parts: SplitResult, allowed: Callable[[str], bool]) -> str | None:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    return addresses[0] if addresses and all(allowed(address) for address in addresses) else None


def _request(parts: SplitResult, address: str) -> tuple[int, str]:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    answer = _exchange("HEAD", target, parts, address)
    if answer[0] in (404, 405, 501):
        # Some servers know GET only.
        answer = _exchange("GET", target, parts, address)
    return answer


def _exchange(method: str, target: str, parts: SplitResult, address: str) -> tuple[int, str]:
    assert parts.hostname is not None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection: HTTPConnection
    if parts.scheme == "https":
        connection = HTTPSConnection(parts.hostname, port, timeout=TIMEOUT_SECONDS)
        raw = socket.create_connection((address, port), TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(raw, server_hostname=parts.hostname)
    else:
        connection = HTTPConnection(parts.hostname, port, timeout=TIMEOUT_SECONDS)
        connection.sock = socket.create_connection((address, port), TIMEOUT_SECONDS)
    try:
        connection.request(method, target, headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"})
        answer: HTTPResponse = connection.getresponse()
        return answer.status, answer.getheader("Location", "")
    finally:
        connection.close()
