"""Batches of a list stored while the next ones are read, by two connections: the database works on several processors.

Batches are committed one after the other, so that “so many lines are through” says all. Rows of a later one may be
written before, and stay unseen until its turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from .csv_file import CsvRow
from .subscribers import ImportCounts, Importer, ParsedBatch, batches

Turn = Callable[[], None]
"""Waits until every batch before is committed."""
Store = Callable[[ParsedBatch, Turn], ImportCounts]

CONNECTIONS = 2
PATIENCE = 10.0
"""Seconds that a batch waits for its turn before it lets go of all that it has locked. PostgreSQL sees no deadlock one
side of which waits here: somebody else may hold a reader of the batch before, and wait for one of this."""


def take_in(
    rows: Iterator[CsvRow], importer: Importer, store: Store
) -> Generator[tuple[ParsedBatch, ImportCounts], None, None]:
    """Read *rows* in batches and store each; yields every batch that is stored with what became of it, in order.

    Arguments:
        store: stores a batch in a transaction of its own, and takes its turn before it says how far the list is. It
            runs in a thread, and once more where the turn does not come.
    """
    waiting: deque[tuple[ParsedBatch, Future[ImportCounts]]] = deque()
    with ThreadPoolExecutor(CONNECTIONS, "import") as pool:
        for lines in batches(rows):
            parsed = importer.parse_batch(lines)
            before = waiting[-1][1] if waiting else None
            waiting.append((parsed, pool.submit(copy_context().run, _store, store, parsed, before)))
            if len(waiting) > CONNECTIONS:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _first(waiting: deque[tuple[ParsedBatch, Future[ImportCounts]]]) -> tuple[ParsedBatch, ImportCounts]:
    parsed, stored = waiting[0]
    outcome = stored.result()
    waiting.popleft()
    return parsed, outcome


def _store(store: Store, parsed: ParsedBatch, before: Future[ImportCounts] | None) -> ImportCounts:
    def turn() -> None:
        if before is not None:
            before.result(PATIENCE)

    try:
        return store(parsed, turn)
    except TimeoutError:
        if before is not None:
            before.result()
        return store(parsed, turn)
