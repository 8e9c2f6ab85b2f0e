"""The address of a relay: which server, how encrypted, as whom."""

from __future__ import annotations

import enum
import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import settings

from ...store.errors import Invalid
from ...store.phrase import phrase


class Security(enum.Enum):
    """How a connection is encrypted. The value is the scheme of the address."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    """Must be offered and must succeed (RFC 3207); there is no falling back to plain text."""
    TLS = "smtps"


OPTIONS = ("verify", "cafile", "helo", "pipelining", "dsn", "unencrypted_login")
DEFAULT_PORTS = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}

_HOW = phrase(
    "The address of the relay is not right: {what}. Write smtp://, smtp+starttls:// or smtps://, "
    "then user:password@ where it wants a login, host:port and ?options; "
    "inside user and password write @ : / ? # % as %40 %3A %2F %3F %23 %25."
)
_HOST_NAME = re.compile(r"(?=.{1,255}\Z)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Za-z:.]+\]")


@dataclass(frozen=True, slots=True)
class RelayAddress:
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

    @property
    def shown(self) -> str:
        """The address without its password, as people see it."""
        user = f"{self.user}@" if self.user else ""
        return f"{self.security.value}://{user}{self.name}"

    @classmethod
    def parse(cls, address: str, *, verify: bool = True) -> RelayAddress:
        """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://`` ``[user:password@]host[:port][?options]``.

        Options: ``verify=no``, ``cafile=PATH``, ``helo=NAME``, ``pipelining=no``, ``dsn=no``,
        ``unencrypted_login=yes``.

        Arguments:
            address: user and password percent-encoded where they hold ``@``, ``:``, ``/``, ``?``, ``#`` or ``%``.
            verify: the default where the address has no ``verify``.

        Raises:
            Invalid: the address cannot be read; says which part, and never shows the password.
        """
        try:
            parts = urlsplit(address.strip())
            security = Security(parts.scheme)
            port = parts.port
        except ValueError:
            raise Invalid(_HOW.filled(what=phrase("its beginning or its port cannot be read"))) from None
        if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
            raise Invalid(_HOW.filled(what=phrase("host, port and options cannot be told apart")))
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise Invalid(_HOW.filled(what=phrase("a user needs a password, and a password a user")))
        options = _options(parts.query)
        relay = cls(
            host=parts.hostname,
            port=port or DEFAULT_PORTS[security],
            security=security,
            user=user,
            password=password,
            verify=_switch(options, "verify", verify),
            cafile=_cafile(options.get("cafile", "")),
            helo=_helo(options.get("helo", "")),
            pipelining=_switch(options, "pipelining", True),
            dsn=_switch(options, "dsn", True),
            unencrypted_login=_switch(options, "unencrypted_login", False),
        )
        _check_login(relay)
        return relay

    @property
    def is_local(self) -> bool:
        """Whether the relay is this machine itself, so that nobody else can listen."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def _options(query: str) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise Invalid(
            phrase(
                "The relay has no option {unknown}; it has {names}.",
                unknown=f"{unknown[0]!r}",
                names=", ".join(OPTIONS),
            )
        )
    return options


def _switch(options: dict[str, str], name: str, default: bool) -> bool:
    value = options.get(name)
    if value is None:
        return default
    if value.lower() not in ("yes", "no", "true", "false", "1", "0", "on", "off"):
        raise Invalid(phrase("The relay's option {name} is yes or no, not {value}.", name=name, value=f"{value!r}"))
    return value.lower() in ("yes", "true", "1", "on")


def _cafile(path: str) -> Path | None:
    if path and not Path(path).is_file():
        raise Invalid(
            phrase("The relay's cafile {path} is not there: name a PEM file with the certificates to trust.", path=path)
        )
    return Path(path) if path else None


def _helo(name: str) -> str:
    if name and not _HOST_NAME.fullmatch(name):
        raise Invalid(
            phrase("The relay's option helo is a host name such as mail.example.jp, not {name}.", name=f"{name!r}")
        )
    return name


def _check_login(relay: RelayAddress) -> None:
    unsafe = relay.user and relay.security is Security.PLAIN and not relay.is_local
    if unsafe and not relay.unencrypted_login:
        raise Invalid(
            "The relay's password would go over the network unencrypted: write smtp+starttls:// or smtps://, "
            "or add ?unencrypted_login=yes if you know that nobody listens."
        )


def of_url(url: str) -> RelayAddress:
    """The relay at *url*; a password given as ``file:PATH`` (percent-encoded) is what stands in that file.

    Raises:
        Invalid: the address or the file cannot be read; the text never shows a password.
    """
    before, mark, rest = url.partition(":file:")
    if mark:
        name, _, host = rest.rpartition("@")
        path = Path(unquote(name))
        try:
            password = path.read_text().strip()
        except (OSError, UnicodeError) as error:
            raise Invalid(
                phrase("the file {path} with the relay's password cannot be read: {error}", path=path, error=error)
            ) from None
        url = f"{before}:{quote(password, safe='')}@{host}"
    return RelayAddress.parse(url, verify=settings.get().smtp_verify)


def changed(url: str, *, security: Security, host: str, port: int, user: str, password: str) -> str:
    """*url* with other parts: what a form asks for. Options stay as they are.

    Arguments:
        url: the address so far; empty where there is none.
        port: 0 for the usual one.
        password: empty to keep the one of *url*, which nobody needs to know for that.

    Raises:
        Invalid: a password is needed. The present one goes to no other server, and not without encryption: whoever
            changes the address would learn it there.
    """
    before = urlsplit(url.strip())
    old_user, _, kept = before.netloc.rpartition("@")[0].partition(":")
    login = ""
    if user:
        same = (before.scheme, before.hostname, unquote(old_user)) == (security.value, host.strip("[]").lower(), user)
        if not password and not (kept and same):
            raise Invalid(
                "enter the password: the present one is kept only for the same server, user and encryption",
                field="password",
            )
        login = f"{quote(user, safe='')}:{quote(password, safe='') or kept}@"
    place = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{security.value}://{login}{place}{f':{port}' if port else ''}{f'?{before.query}' if before.query else ''}"


def is_host(name: str) -> bool:
    """Whether *name* can be that of a server, or its address."""
    return _HOST_NAME.fullmatch(name) is not None
