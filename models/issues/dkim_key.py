"""Keys to sign letters with (DKIM: RFC 6376; Ed25519 by RFC 8463), and their records in the DNS."""

from __future__ import annotations

import base64
import enum
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

import settings

from ..store import mail_address
from ..store.errors import Invalid
from ..store.phrase import phrase

MIN_RSA_BITS = 1024
"""RFC 8301: fewer are not believed by anybody."""

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*")


class KeyKind(enum.Enum):
    """The kinds of keys; the value stands in ``k=`` of the DNS record."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key and where its public half stands in the DNS."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def kind(self) -> KeyKind:
        """RSA or Ed25519."""
        return KeyKind.RSA if isinstance(self.private, RSAPrivateKey) else KeyKind.ED25519

    @property
    def record_name(self) -> str:
        """The name of the TXT record."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record's text (RFC 6376, 3.6.1; RFC 8463, 4)."""
        public = self.private.public_key()
        if self.kind is KeyKind.RSA:
            der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            raw = public.public_bytes(*der)
        else:
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k={self.kind.value}; p={base64.b64encode(raw).decode()}"

    @property
    def zone_line(self) -> str:
        """The record as a line of a zone file; one string of a TXT record holds 255 characters (RFC 1035, 3.3)."""
        text = self.record
        strings = " ".join(f'"{text[begin : begin + 255]}"' for begin in range(0, len(text), 255))
        return f"{self.record_name}. IN TXT ( {strings} )"

    @property
    def pem(self) -> bytes:
        """The private key, unencrypted: for a file that only the sender may read."""
        form = serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())

    @classmethod
    def new(cls, domain: str, selector: str, kind: KeyKind) -> Key:
        """A fresh key: RSA with 2048 bits, or Ed25519.

        Raises:
            Invalid: *domain* or *selector* cannot stand in the DNS.
        """
        private = generate_private_key(65537, 2048) if kind is KeyKind.RSA else Ed25519PrivateKey.generate()
        return cls(_dns_name(domain, "domain"), _dns_name(selector, "selector"), private)

    @classmethod
    def load(cls, path: Path, domain: str, selector: str) -> Key:
        """Read the private key from a PEM file without a passphrase.

        Raises:
            Invalid: the file is not there, holds no RSA or Ed25519 key, or the key is too short.
        """
        try:
            private = serialization.load_pem_private_key(path.read_bytes(), None)
        except OSError as problem:
            raise Invalid(
                phrase("The DKIM key {path} cannot be read: {strerror}.", path=path, strerror=problem.strerror),
                field="key_file",
            ) from problem
        except TypeError:
            raise Invalid(
                phrase("The DKIM key {path} has a passphrase; store it without one.", path=path), field="key_file"
            ) from None
        except (ValueError, UnsupportedAlgorithm):
            raise Invalid(
                phrase("The DKIM key {path} is no private key in PEM form.", path=path), field="key_file"
            ) from None
        if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            raise Invalid(phrase("The DKIM key {path} is neither RSA nor Ed25519.", path=path), field="key_file")
        if isinstance(private, RSAPrivateKey) and private.key_size < MIN_RSA_BITS:
            text = f"The DKIM key {path} has {private.key_size} bits; {MIN_RSA_BITS} are the least, 2048 are right."
            raise Invalid(text, field="key_file")
        return cls(_dns_name(domain, "domain"), _dns_name(selector, "selector"), private)

    def sign(self, data: bytes) -> bytes:
        """The raw signature over *data*. RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519 over the SHA-256."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(data).digest())


def _dns_name(name: str, what: str) -> str:
    """*name* as it stands in the DNS: lower case, Japanese domains in their ASCII form.

    Raises:
        Invalid: it cannot stand there.
    """
    try:
        ascii_name = mail_address.a_labels(name.strip().rstrip(".").lower())
    except Invalid:
        ascii_name = ""
    if not _NAME.fullmatch(ascii_name):
        raise Invalid(
            phrase(
                "{name} cannot be the {what} of a DKIM key; write it like example.jp or kairan2026.",
                name=f"{name!r}",
                what=what,
            ),
            field=what,
        )
    return ascii_name


def key_path(name: str) -> Path:
    """Where a key file lies: below KAIRAN_DATA where *name* does not begin at the root."""
    return settings.get().kairan_data / name
