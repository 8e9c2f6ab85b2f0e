"""Batches of a list stored while the next one is read: the database works on one processor, Python on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from .csv_file import CsvRow
from .subscribers import ImportCounts, Importer, ParsedBatch, batches

Store = Callable[[ParsedBatch], ImportCounts]


def take_in(rows: Iterator[CsvRow], importer: Importer, store: Store) -> Iterator[tuple[ParsedBatch, ImportCounts]]:
    """Read *rows* in batches and store each; yields every batch that is stored with what became of it, in order.

    Arguments:
        store: stores a batch in a transaction of its own. It runs in a thread, one batch at a time.
    """
    with ThreadPoolExecutor(1, "import") as pool:
        before: tuple[ParsedBatch, Future[ImportCounts]] | None = None
        for lines in batches(rows):
            parsed = importer.parse_batch(lines)
            if before is not None:
                yield before[0], before[1].result()
            before = parsed, pool.submit(copy_context().run, store, parsed)
        if before is not None:
            yield before[0], before[1].result()
