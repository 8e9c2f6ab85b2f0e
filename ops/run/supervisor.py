"""Parts that run, and are started again when they end: after a second, then two, up to a minute."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable

from models.store.errors import KairanError
from models.store.part_status import PartStatusFile

from .child_process import ChildProcess

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
HEALTHY_SECONDS = 60.0
"""So long a part must run until its next end counts as its first."""
ANSWER_SECONDS = 60.0
"""A part that was started again and does not answer for so long is ended, and started once more."""

Echo = Callable[[str], None]


class _Phase(enum.Enum):
    RUNS = "runs"
    STARTING = "starting"
    ENDING = "ending"
    WAITING = "waiting"


class SupervisedPart:
    """One part: its process, and what becomes of it.

    Arguments:
        name: as it stands on /readyz.
        child: its process, which runs.
        start: starts it again, and returns at once.
        answers: whether it serves; asked after it was started again.
        carries_others: whether others need it, so that they are started at once when it has come back.
    """

    def __init__(
        self,
        name: str,
        child: ChildProcess,
        start: Callable[[], ChildProcess],
        answers: Callable[[], bool],
        *,
        carries_others: bool = False,
    ) -> None:
        self.name, self.child, self.carries_others = name, child, carries_others
        self.down = ""
        """What a person should know while it does not serve; empty while it does."""
        self._start, self._answers = start, answers
        self._phase, self._since = _Phase.RUNS, time.monotonic()
        self._wait, self._earliest = FIRST_WAIT, 0.0

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.child.name

    def start_now(self) -> None:
        """What it stands on has come back: do not wait any longer."""
        if self._phase is _Phase.WAITING:
            self._since, self._wait = 0.0, FIRST_WAIT

    def hold(self, seconds: float) -> None:
        """Do not start it again before *seconds* have passed (a rehearsal keeps it away for so long)."""
        self._earliest = time.monotonic() + seconds

    def look(self) -> None:
        """See how it does, and do what is due. Returns soon."""
        now = time.monotonic()
        match self._phase:
            case _Phase.RUNS if self.child.returncode is not None:
                self._ended(now)
            case _Phase.STARTING:
                self._look_starting(now)
            case _Phase.ENDING if now - self._since > self.child.stop_timeout or not self.child.group_lives():
                self.child.stop()
                self._enter(_Phase.WAITING, now)
            case _Phase.WAITING if now - self._since >= self._wait and now >= self._earliest:
                self._start_again(now)

    def _enter(self, phase: _Phase, now: float) -> None:
        self._phase, self._since = phase, now

    def _ended(self, now: float) -> None:
        if self._phase is _Phase.RUNS and now - self._since >= HEALTHY_SECONDS:
            self._wait = FIRST_WAIT
        self.down = self.child.describe_exit()
        # What it had started itself (processes that still send) gets the time to end in order.
        self._enter(_Phase.ENDING, now)

    def _look_starting(self, now: float) -> None:
        if self.child.returncode is not None:
            self._ended(now)
        elif self._answers():
            self.down = ""
            self._enter(_Phase.RUNS, now)
        elif now - self._since > ANSWER_SECONDS:
            self.child.request_stop()
            self.down = f"{self.title} does not answer"
            self._enter(_Phase.ENDING, now)

    def _start_again(self, now: float) -> None:
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        try:
            self.child = self._start()
        except (OSError, KairanError) as error:  # a full disk, too many processes: later, perhaps
            self.down = f"{self.title} cannot be started: {error}"
            self._enter(_Phase.WAITING, now)
        else:
            self._enter(_Phase.STARTING, now)


class Supervisor:
    """All parts that are kept running.

    Arguments:
        echo: takes each line for the person who watches.
    """

    def __init__(self, echo: Echo) -> None:
        self.parts: list[SupervisedPart] = []
        self.status: PartStatusFile | None = None
        """Where others read what is down."""
        self._echo = echo
        self._said: dict[str, str] = {}

    def add(self, part: SupervisedPart) -> None:
        """Watch *part*, too."""
        self.parts.append(part)

    @property
    def down(self) -> dict[str, str]:
        """What is down: for each part the first line of what is known."""
        return {part.name: part.down.partition("\n")[0] for part in self.parts if part.down}

    def look(self) -> None:
        """Look after every part once, and tell what has changed."""
        for part in self.parts:
            part.look()
        if (down := self.down) != self._said:
            self._tell(down)

    def _tell(self, down: dict[str, str]) -> None:
        for part in self.parts:
            before, present = self._said.get(part.name), down.get(part.name)
            if present and present != before:
                self._echo(f"{part.down}\nIt is started again; everything else goes on.")
            elif before and not present:
                self._echo(f"{part.title} runs again.")
                if part.carries_others:
                    self._start_all_now()
        self._said = down
        if self.status:
            self.status.write(down)

    def _start_all_now(self) -> None:
        for part in self.parts:
            part.start_now()
