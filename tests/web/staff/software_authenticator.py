"""A passkey's device in a few lines. It also does what no real one does: answer for another site, or as a copy.

What it writes is that of WebAuthn, Level 3 (5.8.1, 6.1, 6.5) with an ES256 key and no attestation.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """One passkey."""

    origin: str
    domain: str
    verifies: bool = True
    """Whether it makes sure who holds it."""
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user: str = ""

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a request to make a passkey."""
        self.user = options.get("user", {}).get("id", "")
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
        length = len(self.credential_id).to_bytes(2, "big")
        data = self._data(ATTESTED) + bytes(16) + length + self.credential_id + cose
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return self._answer(
            clientDataJSON=self._client("webauthn.create", options), attestationObject=base64url(attestation)
        )

    def sign(self, options: dict[str, Any]) -> str:
        """The answer to a request to sign."""
        client, data = self._client("webauthn.get", options), self._data(0)
        signed = data + sha256(self._json("webauthn.get", options)).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=base64url(data),
            signature=base64url(signature),
            userHandle=self.user,
        )

    def _data(self, flags: int) -> bytes:
        self.count += 1
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(self.domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _json(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _client(self, kind: str, options: dict[str, Any]) -> str:
        return base64url(self._json(kind, options))

    def _answer(self, **response: str) -> str:
        known = base64url(self.credential_id)
        return json.dumps(
            {"id": known, "rawId": known, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
