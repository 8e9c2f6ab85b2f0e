"""What keeps machines from filling in the sign-up form, without asking people for riddles."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum

from itsdangerous import BadSignature, Signer

import settings
from models.store.clock import now
from models.store.secret_key import secret_key

INVISIBLE_FIELD = "website"
"""A field that people do not see; who fills it in is a machine."""
TIME_FIELD = "began"
MAX_AGE = 24 * 3600
MIN_RESPONSE_SECONDS = 0.25


class BotVerdict(Enum):
    """What filled in a form."""

    PERSON = "person"
    MACHINE = "machine"
    UNSURE = "unsure"
    """Too quick, or the form is a day old: whoever sends it once more is taken for a person."""


def _signer() -> Signer:
    return Signer(secret_key(), salt="form")


def signed_time() -> str:
    """The time, signed, that goes into a hidden field when a form is shown."""
    return _signer().sign(str(int(now().timestamp() * 1000))).decode()


def check(form: Mapping[str, str]) -> BotVerdict:
    """Who filled in *form*."""
    if form.get(INVISIBLE_FIELD):
        return BotVerdict.MACHINE
    taken = _seconds_taken(form)
    quick = taken is None or taken < settings.get().signup_seconds
    return BotVerdict.UNSURE if quick or not is_fresh(form) else BotVerdict.PERSON


def is_fresh(form: Mapping[str, str]) -> bool:
    """Whether *form* carries a stamp of ours that is less than a day old."""
    taken = _seconds_taken(form)
    return taken is not None and 0 <= taken <= MAX_AGE


def _seconds_taken(form: Mapping[str, str]) -> float | None:
    """Seconds since the form was shown; None where its stamp is not ours."""
    try:
        return now().timestamp() - int(_signer().unsign(form.get(TIME_FIELD, ""))) / 1000
    except (BadSignature, ValueError):
        return None


@contextmanager
def constant_time() -> Iterator[None]:
    """Let the block take a quarter of a second at least, so that its duration does not tell what it found."""
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, MIN_RESPONSE_SECONDS - (time.monotonic() - began)))
