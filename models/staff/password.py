"""Passwords of staff: how they are kept, and which ones are refused (NIST SP 800-63B, 3.1.1).

A password needs a length and must not be one that attackers try first. There are no rules about its characters, and it
never grows too old: such rules make people write ``Kairan2026!``. What attackers try first is a list of common
passwords and what people do to them (doubled, with a year, with a sign for a letter), which the package ``zxcvbn``
knows, and the words of ``common_words.txt``, of the person and of this program, which it does not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..store.errors import Invalid
from ..store.phrase import phrase

MIN_LENGTH = 12
MAX_LENGTH = 1000
"""Characters; whoever sends more wants us to hash."""
COMMON_BELOW = 5 * 10**8
"""A password that is found within so many tries is refused. Logins are slowed down, a stolen database is not."""
_WORDS = Path(__file__).with_name("common_words.txt")
_LOOKED_AT = 72
"""Characters that the estimate reads: no longer one is guessed within that number."""

hasher = PasswordHasher()
"""argon2id with the library's present defaults (RFC 9106)."""
_estimating = threading.Lock()
"""The package keeps the words of the person whom it is asked about in a place that all threads share."""


def check(password: str, personal: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a password that is too short, too long or among the first that somebody would try.

    Arguments:
        personal: what others know of the person: name, address.
        field: the form field that it stands in.

    Raises:
        Invalid: with what to do.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(
            phrase("a password needs at least {min_password} characters", min_password=MIN_LENGTH), field=field
        )
    if len(password) > MAX_LENGTH:
        raise Invalid(phrase("a password has {most} characters at most", most=MAX_LENGTH), field=field)
    if is_common(password, personal):
        raise Invalid(
            "this password is among the first that somebody would try: choose another one, such as three or four words "
            "that have nothing to do with each other",
            field=field,
        )


def is_common(password: str, personal: Iterable[str] = ()) -> bool:
    """Whether somebody who knows common passwords, and *personal*, finds *password* soon."""
    from zxcvbn import zxcvbn  # only here: its lists take memory, and few processes ever need them

    words = [part for word in personal for part in (word, *word.replace("@", " ").replace(".", " ").split()) if part]
    with _estimating:
        found = zxcvbn(password[:_LOOKED_AT].lower(), [*words, *_own_words()])
    return int(found["guesses"]) < COMMON_BELOW


def hashed(password: str) -> str:
    """*password* as it is kept."""
    return hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether *password* is the one that *kept* stands for; takes as long where there is none (empty)."""
    try:
        hasher.verify(kept or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether a password should be hashed anew, as the library's defaults have grown."""
    return hasher.check_needs_rehash(kept)


@cache
def _own_words() -> tuple[str, ...]:
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _dummy_hash() -> str:
    """What nobody's password fits. Made when a process first looks at a password: it takes a fifth of a second."""
    return hasher.hash("nobody has this password")
