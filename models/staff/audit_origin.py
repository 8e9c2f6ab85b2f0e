"""Where an act comes from: a page, a command, a program (api) or a worker, and which network address asked for it.

The edges say it once, before they do anything: web at each request of staff, the worker at each task.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Literal, NamedTuple

Edge = Literal["page", "command", "api", "worker"]


class Origin(NamedTuple):
    """Where an act comes from."""

    edge: Edge = "command"
    client: str = ""
    """The network address of the person of the staff who asked; empty for commands, the worker and readers' pages."""
    actor: str = ""
    """Who acts where nothing more is known: the address of a member of staff, or a command or task."""
    member_id: int | None = None
    watched: bool = False
    """Whether changes without an entry get one (:mod:`.audit_changes`)."""


_UNSAID = Origin()
_present: ContextVar[Origin] = ContextVar("origin of an act", default=_UNSAID)


def present() -> Origin:
    """Where what happens now comes from; a command where nobody said."""
    return _present.get()


def begin(origin: Origin) -> Token[Origin]:
    """From now on acts of this thread come from *origin*; give the answer to :func:`end`."""
    return _present.set(origin)


def name(actor: str, member_id: int | None = None) -> None:
    """Say who acts, once that is known."""
    _present.set(present()._replace(actor=actor, member_id=member_id))


def end(token: Token[Origin]) -> None:
    """What was before :func:`begin` counts again."""
    _present.reset(token)


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    """Acts inside of the block come from *origin*."""
    token = begin(origin)
    try:
        yield
    finally:
        end(token)
