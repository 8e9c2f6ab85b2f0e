"""What must not stand in an address as it is: words that a reader is looked for by, and values of a reader's form.

An address goes into access logs, histories and the address bar behind somebody's back. So words are sealed for the
person who typed them and the newsletter: nobody else can open them, and the page works as any other with an address.
"""

from __future__ import annotations

import base64
import binascii
import json
from hashlib import blake2b
from typing import Any

from models.store import sealed
from models.store.sealed import Unreadable

from ..login_session import member

_PURPOSE = "reader search"
_MOST = 2_000
"""Characters of a sealed text that are looked at."""


def seal(newsletter_id: int, words: str) -> str:
    """*words* as they may stand in an address; empty for none."""
    if not words:
        return ""
    return _written(sealed.seal(_PURPOSE, _owner(newsletter_id), words.encode()))


def opened(newsletter_id: int, written: str) -> str:
    """What :func:`seal` was given; empty for what the person who asks has not typed themselves."""
    if not written or len(written) > _MOST:
        return ""
    try:
        return sealed.unseal(_PURPOSE, _owner(newsletter_id), _read(written)).decode()
    except (Unreadable, binascii.Error, ValueError):
        return ""


def seal_values(subscription_id: int, values: dict[str, Any]) -> str:
    """The values that a form was filled in from, for a hidden field of it."""
    written = json.dumps(values, ensure_ascii=False).encode()
    return _written(sealed.seal(_PURPOSE, f"{_owner(0)}/form/{subscription_id}", written))


def opened_values(subscription_id: int, written: str) -> dict[str, Any] | None:
    """What :func:`seal_values` was given; None where it does not open: another person has opened the form."""
    try:
        found = json.loads(sealed.unseal(_PURPOSE, f"{_owner(0)}/form/{subscription_id}", _read(written)))
    except (Unreadable, binascii.Error, ValueError):
        return None
    return found if isinstance(found, dict) else None


def digest(words: str) -> str:
    """What the audit log says of words: the same for the same words, and nobody can guess them from it."""
    if not words:
        return ""
    key = sealed.derived_key(_PURPOSE)
    return blake2b(" ".join(words.split()).casefold().encode(), key=key, digest_size=8).hexdigest()


def _owner(newsletter_id: int) -> str:
    return f"member/{member().id}/newsletter/{newsletter_id}"


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
