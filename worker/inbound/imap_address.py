"""Where the mailbox is: the address in RETURNS_IMAP_URL, taken apart."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from models.store.errors import Invalid
from models.store.phrase import phrase

_PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}
_OPTIONS = ("cafile", "verify")
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
_NO_ADDRESS = phrase(
    "RETURNS_IMAP_URL is no whole address: write imaps://USER:PASSWORD@HOST/FOLDER, with %40 for an @ in the user"
)


class ImapAddress(NamedTuple):
    """A folder of a mailbox, and how it is reached."""

    scheme: str
    """``imaps``: TLS from the first byte (RFC 8314). ``imap+starttls``: it must be offered and must succeed."""
    host: str
    port: int
    user: str
    password: str
    folder: str
    cafile: Path | None
    """Certificates to trust, in PEM; None for the system's."""
    verify: bool

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/{self.folder}"

    def __repr__(self) -> str:
        return str(self)  # Without the password.

    def encryption(self) -> ssl.SSLContext | None:
        """How it is encrypted; None where it is not."""
        if self.scheme == "imap":
            return None
        context = ssl.create_default_context(cafile=self.cafile)
        if not self.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def parse(url: str) -> ImapAddress:
    """The address in *url*.

    Raises:
        Invalid: it cannot be read, or would send a password over a network unencrypted; the text shows no password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid(_NO_ADDRESS) from None
    if parts.scheme not in _PORTS or not (parts.hostname and parts.username and parts.password):
        raise Invalid(_NO_ADDRESS)
    if parts.scheme == "imap" and parts.hostname not in _OWN_MACHINE:
        raise Invalid("RETURNS_IMAP_URL would send the password unencrypted: write imaps:// or imap+starttls://")
    options = dict(parse_qsl(parts.query))
    if unknown := set(options) - set(_OPTIONS):
        names = ", ".join(_OPTIONS)
        raise Invalid(
            phrase("RETURNS_IMAP_URL has no option {unknown}; it has {names}", unknown=min(unknown), names=names)
        )
    if (verify := options.get("verify", "yes")) not in ("yes", "no"):
        raise Invalid("RETURNS_IMAP_URL: verify is yes or no")
    cafile = Path(options["cafile"]) if "cafile" in options else None
    if cafile and not cafile.is_file():
        raise Invalid(
            phrase(
                "RETURNS_IMAP_URL: the file {path} is not there; it has the certificates to trust, in PEM", path=cafile
            )
        )
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    return ImapAddress(
        parts.scheme, parts.hostname, port or _PORTS[parts.scheme], unquote(parts.username), unquote(parts.password),
        folder, cafile, verify == "yes",
    )  # fmt: skip
