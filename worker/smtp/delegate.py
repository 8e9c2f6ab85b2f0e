"""What a session needs of the pool that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from worker.smtp.commands import Commands
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.group_commit import GroupCommit
from worker.smtp.handshake import Timeouts
from worker.smtp.relay_address import RelayAddress

if TYPE_CHECKING:
    from worker.smtp.connection import Connection


class ConnectionDelegate(Protocol):
    """Gives letters, takes outcomes, and remembers what the relay cannot do although it says so."""

    relay: RelayAddress
    timeouts: Timeouts
    messages_per_connection: int
    gate: GroupCommit
    pipelining: bool
    """Set to ``False`` by a session whose relay lost pipelined commands."""
    parameters: bool
    """Set to ``False`` by a session whose relay refused the parameters that it had offered."""

    def pull(self, commands: Commands) -> Envelope | None:
        """The next letter."""

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """A letter's outcome."""

    def proved(self) -> None:
        """A session has had its first letter answered."""

    def ended(self, session: Connection, fault: Outcome | None) -> None:
        """*session* takes no more letters; *fault* if it was not its own wish."""

    def lost(self, session: Connection) -> None:
        """The connection of *session* is closed."""
