"""The outsider's script verifies Ed25519 by itself: RFC 8032's vectors, and whatever another library signs."""

from __future__ import annotations

import runpy
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SCRIPT = runpy.run_path(str(Path(__file__).parents[3] / "docs" / "verify" / "ranking-verify.py"))
HOLDS: Callable[[bytes, bytes, bytes], bool] = SCRIPT["signature_holds"]
# RFC 8032, 7.1: public key, message, signature.
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
]  # fmt: skip
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors_of_rfc_8032(vector: tuple[str, str, str]) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    assert HOLDS(public, message, signature)
    for place in range(0, 512, 7):
        changed = bytearray(signature)
        changed[place // 8] ^= 1 << place % 8
        assert not HOLDS(public, message, bytes(changed))
    assert not HOLDS(public, message + b"\0", signature)
    assert not HOLDS(bytes(32), message, signature)


def test_what_another_library_signs_holds() -> None:
    for _ in range(20):
        private, message = Ed25519PrivateKey.generate(), secrets.token_bytes(secrets.randbelow(200))
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        assert HOLDS(public, message, private.sign(message))
        assert not HOLDS(public, message + b"x", private.sign(message))


def test_what_is_no_signature_is_refused() -> None:
    """A scalar beyond the order is another writing of the same signature (8.4); y beyond the prime, of a point."""
    public, message, signature = map(bytes.fromhex, VECTORS[1])
    more = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not HOLDS(public, message, signature[:32] + more)
    for wrong in (b"", signature[:63], signature + b"\0", bytes(64), b"\xff" * 64):
        assert not HOLDS(public, message, wrong)
    assert not HOLDS((2**255 - 19 + 1).to_bytes(32, "little"), message, signature)
