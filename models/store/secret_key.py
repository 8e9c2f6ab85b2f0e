"""The installation's secret key, refused where it could be guessed: everything that is signed hangs on it."""

from __future__ import annotations

import re
from functools import cache

import settings

from .errors import Invalid
from .phrase import Phrase, phrase

MIN_LENGTH = 32
_MIN_CHARACTERS = 10
_REPEATED = re.compile(r"(.+?)\1+.{0,9}", re.DOTALL)
REMEDY = phrase(
    "Make one and keep it forever, or links in letters that are out stop working: "
    "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
)


def weakness() -> Phrase | None:
    """What is wrong with SECRET_KEY; None where nothing is. Never shows the key."""
    return _weakness_of(settings.get().secret_key.get_secret_value())


@cache
def _weakness_of(key: str) -> Phrase | None:
    if len(key) < MIN_LENGTH:
        return phrase("SECRET_KEY has {count} of {least} characters", count=len(key), least=MIN_LENGTH)
    if len(set(key)) < _MIN_CHARACTERS:
        return phrase("SECRET_KEY repeats few characters")
    if _REPEATED.fullmatch(key):
        return phrase("SECRET_KEY repeats itself")
    return None


def refuse_weak() -> None:
    """Raise Invalid where SECRET_KEY is missing, short or easy to guess."""
    if wrong := weakness():
        raise Invalid(
            phrase("{wrong}: whoever guesses it can sign links and sessions. {remedy}", wrong=wrong, remedy=REMEDY)
        )


def secret_key() -> str:
    """The key.

    Raises:
        Invalid: it is missing, short or easy to guess.
    """
    refuse_weak()
    return settings.get().secret_key.get_secret_value()
