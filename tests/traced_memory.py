"""How much memory Python objects take while something is done."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager


class Traced:
    """What has been allocated since :func:`traced` began."""

    @property
    def held(self) -> int:
        """Bytes that are held now."""
        return tracemalloc.get_traced_memory()[0]

    @property
    def peak(self) -> int:
        """The most bytes that were held at once."""
        return tracemalloc.get_traced_memory()[1]

    def forget_peak(self) -> None:
        """Begin to look for the peak anew."""
        tracemalloc.reset_peak()


@contextmanager
def traced() -> Iterator[Traced]:
    """Trace memory in this block only: whatever it raises, later tests are neither slowed down nor counted."""
    assert not tracemalloc.is_tracing(), "somebody traces memory already, and this peak would be of something else"
    tracemalloc.start()
    try:
        yield Traced()
    finally:
        tracemalloc.stop()
