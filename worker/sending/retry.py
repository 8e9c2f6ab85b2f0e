"""Retries: when a deferred letter is tried again, and what an outcome means for the delivery."""

from __future__ import annotations

from datetime import datetime, timedelta

import settings
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.reply_code import OutcomeKind, Stage
from models.store.clock import now
from worker.smtp.envelope import Outcome

MAX_RETURNS = 3
"""How often a letter may come back unsent, its connection lost, before it is taken for the reason and deferred."""
_TRY_AGAIN = frozenset({OutcomeKind.DEFERRED, OutcomeKind.POLICY, OutcomeKind.RATE, OutcomeKind.HELD})
"""Those that have a time for the next try; one that is held has it in case it turns out to be about its reader."""
ROUND_SECONDS = 10
"""Next tries fall together, so that they make windows and not single letters."""


def next_try(attempt: int) -> datetime:
    """When the letter whose try number *attempt* (from 1) was put off is tried again."""
    ladder = settings.get().retry_minutes
    minutes = ladder[min(max(attempt, 1), len(ladder)) - 1]
    due = now() + timedelta(minutes=minutes)
    return due + timedelta(seconds=-due.timestamp() % ROUND_SECONDS) if minutes * 60 > ROUND_SECONDS else due


def give_up() -> timedelta:
    """How long after its first try a letter that is still put off fails."""
    return timedelta(hours=settings.get().retry_give_up_hours)


def result(reader: int, attempt: int, outcome: Outcome, returns: int = 0) -> DeliveryResult:
    """What an outcome means for the delivery of *reader* in its try number *attempt*.

    Arguments:
        returns: how often this letter has come back unsent in this run, this time included.
    """
    kind = outcome.kind
    if kind is OutcomeKind.ACCEPTED:
        return DeliveryResult(reader, attempt, kind, "dot", outcome.code, outcome.enhanced, outcome.text, outcome.relay)
    if kind is OutcomeKind.RETURNED and returns >= MAX_RETURNS and outcome.stage is not Stage.CONNECT:
        kind = OutcomeKind.DEFERRED
    due = next_try(attempt) if kind in _TRY_AGAIN else None
    return DeliveryResult(
        reader, attempt, kind, outcome.stage.value, outcome.code, outcome.enhanced, outcome.text, outcome.relay, due
    )
