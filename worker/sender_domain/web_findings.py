"""The address that letters lead to: its certificate, and whether one-click unsubscribing answers (RFC 8058)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import settings
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store import token
from models.store.clock import now
from models.store.token import Purpose

SECONDS = 5.0
"""What connecting, and each answer, may take."""
_ENDS_SOON = timedelta(days=21)


def examine() -> Iterator[DomainFinding]:
    """The certificate of BASE_URL, and an unsubscribe link of nobody, which changes nothing."""
    address = settings.get().base_url
    wrong = [*_certificate(address)]
    yield from wrong or [finding("tls.good", address=address)]
    if not any(one.kind in ("tls.unreachable", "tls.invalid") for one in wrong):
        link = f"{address}/u/{token.make(Purpose.UNSUBSCRIBE, 0, 0)}"
        yield from list(_unsubscribing(link)) or [finding("unsubscribe.good", address=address)]


def _certificate(address: str) -> Iterator[DomainFinding]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https":
        yield finding("tls.none", address=address)
        return
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, parts.port or 443), SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=host) as encrypted,
        ):
            certificate = encrypted.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        yield finding("tls.invalid", host=host, reason=error.verify_message)
        return
    except ssl.SSLError as error:
        yield finding("tls.invalid", host=host, reason=error.reason or str(error))
        return
    except (OSError, UnicodeError) as error:
        yield finding("tls.unreachable", host=host, reason=getattr(error, "strerror", "") or str(error))
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    if ends - now() < _ENDS_SOON:
        yield finding("tls.ends_soon", host=host, day=f"{ends:%Y-%m-%d}")


def _unsubscribing(link: str) -> Iterator[DomainFinding]:
    parts = urlsplit(link)
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=SECONDS)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", parts.path, b"List-Unsubscribe=One-Click", form)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        yield finding("unsubscribe.silent", host=parts.hostname, reason=str(error) or type(error).__name__)
        return
    finally:
        connection.close()
    if 300 <= status < 400:
        yield finding("unsubscribe.redirected", host=parts.hostname, status=status)
    elif status >= 400:
        yield finding("unsubscribe.refused", host=parts.hostname, status=status)
