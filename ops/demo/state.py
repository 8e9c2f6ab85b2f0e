"""What ``kairan demo`` keeps in the data folder: the logins of its staff, how far it came, and whether it is done."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import settings
from models.store.errors import Invalid
from models.store.phrase import phrase


@dataclass(slots=True)
class Login:
    """How somebody of the demo's staff logs in."""

    role: str
    address: str
    password: str


@dataclass(slots=True)
class DemoState:
    """The file ``demo.json``. Each change is written at once, so that a demo that was cut short can go on."""

    path: Path
    staff: list[Login] = field(default_factory=list)
    today: str = ""
    """The last day of the demo's year (``2026-11-30``): the day on which it was begun."""
    seeded: bool = False
    """Whether the newsletter, its staff and its articles are there."""
    read: bool = False
    """Whether the readers have read their letters, up to the day of the ranking."""
    ranking_read: bool = False
    """Whether they have read since then, the ranking among the rest."""
    finished: bool = False

    def save(self) -> None:
        """Write it, readable by its owner only."""
        values = {name: value for name, value in asdict(self).items() if name != "path"}
        unfinished = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.touch(mode=0o600)
            unfinished.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            unfinished.rename(self.path)
        except OSError as error:
            raise Invalid(
                phrase(
                    "The demo keeps its logins in {parent}, which cannot be written: {strerror}. Set "
                    "KAIRAN_DATA to a folder of yours; in containers, give this one a volume there, as web "
                    "of our docker-compose.yml has: docker compose exec web kairan demo",
                    parent=self.path.parent,
                    strerror=error.strerror,
                )
            ) from error

    @property
    def begun(self) -> bool:
        """Whether a demo was begun here and not finished."""
        return bool(self.staff or self.path.exists()) and not self.finished


def load() -> DemoState:
    """The demo of this data folder; a new one where there is none."""
    data = settings.get().kairan_data
    state = DemoState(data / "demo" / "demo.json")
    # Where it lay before it had a folder of its own, which containers can give a volume.
    former = data / "demo.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        values = json.loads((state.path if state.path.exists() else former).read_text(encoding="utf-8"))
        state.staff = [Login(**login) for login in values["staff"]]
        state.today, state.seeded = str(values.get("today", "")), bool(values.get("seeded"))
        state.read, state.finished = bool(values["read"]), bool(values["finished"])
        state.ranking_read = bool(values.get("ranking_read"))
    return state
