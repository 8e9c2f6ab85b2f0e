"""The result of one try to send one letter, and how people read it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .reply_code import OutcomeKind


class DeliveryResult(NamedTuple):
    """What became of one try to send one letter."""

    subscriber_id: int
    attempt: int
    kind: OutcomeKind
    stage: str = ""
    code: int = 0
    enhanced: str = ""
    answer: str = ""
    relay: str = ""
    due_at: datetime | None = None
    """When to try a deferred letter again."""


def format_answer(code: int, enhanced: str, text: str) -> str:
    """A relay's answer on one line, for people. Its text usually begins with the enhanced code already."""
    answer = text if text.startswith(enhanced) else f"{enhanced} {text}"
    return f"{code or ''} {answer}".strip()
