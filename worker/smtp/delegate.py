"""What a connection needs of the pool that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .commands import Commands
from .envelope import Envelope, Outcome
from .group_commit import GroupCommit
from .handshake import Timeouts
from .relay_address import RelayAddress

if TYPE_CHECKING:
    from .connection import Connection


class ConnectionDelegate(Protocol):
    """Gives letters, takes outcomes, and remembers what the relay cannot do although it says so."""

    relay: RelayAddress
    timeouts: Timeouts
    messages_per_connection: int
    group_commit: GroupCommit
    pipelining: bool
    """Set to ``False`` by a connection whose relay lost pipelined commands."""
    parameters: bool
    """Set to ``False`` by a connection whose relay refused the parameters that it had offered."""

    def pull(self, commands: Commands) -> Envelope | None:
        """The next letter."""

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """A letter's outcome."""

    def first_answer(self) -> None:
        """A connection has had its first letter answered."""

    def ended(self, connection: Connection, fault: Outcome | None) -> None:
        """*connection* takes no more letters; *fault* if it was not its own wish."""

    def lost(self, connection: Connection) -> None:
        """The connection of *connection* is closed."""
