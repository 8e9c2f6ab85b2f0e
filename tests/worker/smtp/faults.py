"""What the test server says instead of the right answer."""

from __future__ import annotations

from dataclasses import dataclass, field

CLOSE = b"\0close"
SILENCE = b"\0silence"


@dataclass(frozen=True)
class Faults:
    """What is said instead of the right answer: bytes, ``CLOSE`` or ``SILENCE``, by the step of a letter or connection.

    Steps of a connection: ``connect``, ``ehlo``, ``helo``, ``starttls``, ``auth``, ``noop``. Of a letter: ``mail``,
    ``rcpt``, ``data``, ``body`` (when a part of the message has come; the connection ends with it), ``dot``, ``rset``.
    """

    said: dict[str, bytes] = field(default_factory=dict)
    accept: bool | None = None
    """Whether the message counts as taken at the dot; by default if the answer begins with 2."""

    def at(self, step: str) -> bytes | None:
        return self.said.get(step)


def fault(**said: bytes) -> Faults:
    """``fault(rcpt=b"550 no")``; a line ending is added to what looks like a reply."""
    return Faults({step: (text if text[:1] == b"\0" else text + b"\r\n") for step, text in said.items()})


NONE = Faults()
