"""Where hits go: the broker; where it is gone, the database; where that is gone too, a file on this machine."""

from __future__ import annotations

import structlog
from sqlalchemy.dialects.postgresql import insert

from models.responses.hit import Entry, WaitingHit
from models.responses.spool import Spool
from models.store.errors import Unavailable

from .database import Database
from .stream import HitStream

log = structlog.get_logger(__name__)


class Outbox:
    """What a process hands its hits to."""

    def __init__(self, database: Database) -> None:
        self._stream, self._database, self._spool = HitStream(), database, Spool()

    def put(self, entry: Entry) -> None:
        """Keep a hit for the worker. Only a full disk beside two dead servers loses one."""
        packed = entry.pack()
        try:
            self._stream.add(packed)
        except Unavailable:
            self._put_aside(entry.id, packed)

    def close(self) -> None:
        """End its thread."""
        self._stream.close()

    def _put_aside(self, code: str, packed: bytes) -> None:
        try:
            with self._database.ask() as connection:
                values = {"id": code, "entry": packed.decode()}
                connection.execute(insert(WaitingHit).values(values).on_conflict_do_nothing())
        except Unavailable:
            try:
                self._spool.append(packed)
            except OSError as error:
                log.error("a hit is lost: broker, database and disk do not take it", error=str(error))
