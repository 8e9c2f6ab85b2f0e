"""Answers of relays, from their coming until the database has them for good. Meanwhile the journal has them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

import settings
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.reply_code import OutcomeKind
from models.store.errors import Unavailable

from .. import timeouts
from .journal import Journal, answer_line

log = structlog.get_logger(__name__)

MAX_RESULTS = 500
"""So many answers are recorded at once, whenever the last ones were."""

_URGENT = frozenset({OutcomeKind.POLICY, OutcomeKind.RATE, OutcomeKind.HELD})
"""What may stop a lane or an issue does not wait for others; nor do letters that fail one after the other."""
_MAY_STOP = frozenset({OutcomeKind.POLICY, OutcomeKind.RATE, OutcomeKind.FAILED})
_MAX_REFUSED_IN_A_ROW = 3

T = TypeVar("T")


class AnswerRecorder:
    """What the database must still be told.

    Arguments:
        journal: keeps answers while the database does not answer.
        executor: where the database is spoken to.
        on_outage: called when the database does not answer, with the seconds to rest.
    """

    def __init__(self, journal: Journal, executor: Executor, on_outage: Callable[[float], None]) -> None:
        self.results: list[DeliveryResult] = []
        self.urgent = False
        """Whether the results must be recorded at once."""
        self._refused_in_a_row = 0
        self._lines: list[bytes] = []
        self._journal = journal
        self._executor = executor
        self._on_outage = on_outage

    @property
    def must_record_first(self) -> bool:
        """Whether so many letters in a row were refused that recording them may stop the lane: send no more before."""
        return self._refused_in_a_row >= _MAX_REFUSED_IN_A_ROW

    def add(self, result: DeliveryResult) -> None:
        """A letter has its answer."""
        self.results.append(result)
        self._lines.append(answer_line(result))
        self._refused_in_a_row = self._refused_in_a_row + 1 if result.kind in _MAY_STOP else 0
        urgent = result.kind in _URGENT or self.must_record_first
        self.urgent = self.urgent or urgent or len(self.results) >= MAX_RESULTS

    def take_lines(self) -> list[bytes]:
        """The journal's lines of answers that it does not have yet; whoever takes them writes them."""
        lines, self._lines = self._lines, []
        return lines

    async def write(self, act: Callable[[list[DeliveryResult]], T]) -> tuple[T, list[DeliveryResult]]:
        """Let *act* write down all results. Where the database does not answer, try again for as long as a lease lasts.

        Results stay here until they are written.

        Returns:
            What *act* returned, and the results that are written.

        Raises:
            Fenced: somebody else has the batch.
            Unavailable: the database did not come back. Answers stand in the journal, as far as Redis answers.
        """
        until = time.monotonic() + settings.get().lease_seconds
        while True:
            results, self.urgent = list(self.results), False
            try:
                written = await asyncio.get_running_loop().run_in_executor(self._executor, act, results)
                break
            except (OperationalError, InterfaceError) as error:
                log.warning("the database does not answer; letters wait", error=str(error.orig))
                self._on_outage(timeouts.REST)
                if time.monotonic() > until:
                    raise Unavailable("the database does not answer") from error
                await self._save_answers()
                await asyncio.sleep(1)
        del self.results[: len(results)]
        self._refused_in_a_row = 0
        return written, results

    async def _save_answers(self) -> None:
        """Let the journal know what the database cannot be told."""
        with suppress(Unavailable):
            if lines := self.take_lines():
                await self._journal.write(lines)
