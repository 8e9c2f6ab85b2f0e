"""The address of a relay: which server, how encrypted, as whom."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from models.store.errors import Invalid


class Security(enum.Enum):
    """How a connection is encrypted. The value is the scheme of the address."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    """Must be offered and must succeed (RFC 3207); there is no falling back to plain text."""
    TLS = "smtps"


DEFAULT_PORTS = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP server that we hand mail to. Hashable; its ``repr`` hides the password."""

    host: str
    port: int = 25
    security: Security = Security.PLAIN
    user: str = ""
    password: str = field(default="", repr=False)
    verify: bool = True
    """Whether its certificate must be valid for *host*."""
    cafile: Path | None = None
    """PEM file of authorities to trust instead of the system's."""
    helo: str = ""
    """The name we greet with; the machine's own where empty."""
    pipelining: bool = True
    """``False`` keeps to one command at a time even where PIPELINING is offered."""
    dsn: bool = True
    """Whether to ask for short failure notices where DSN is offered."""
    unencrypted_login: bool = False
    """Whether a password may be sent without encryption to a host other than this machine."""

    @property
    def name(self) -> str:
        """``host:port``, as it stands in outcomes and logs."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, address: str, *, verify: bool = True) -> Relay:
        """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://`` ``[user:password@]host[:port][?options]``.

        Options: ``verify=no``, ``cafile=PATH``, ``helo=NAME``, ``pipelining=no``, ``dsn=no``, ``unencrypted_login=yes``.

        Arguments:
            address: user and password percent-encoded where they hold ``@``, ``:``, ``/``, ``?``, ``#`` or ``%``.
            verify: the default where the address has no ``verify``.

        Raises:
            Invalid: the address cannot be read; says which part, and never shows the password.
        """
        raise NotImplementedError(parse_qsl, unquote, urlsplit, Invalid)
