"""Files that wait for a job or for whoever asked for them, kept in the database in pieces: read and written in little
memory, from any machine, and gone with the transaction that could not finish them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from sqlalchemy import ForeignKey, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base
from .clock import now

PIECE = 1 << 20
"""Bytes of a piece, at most."""


class KeptFile(Base):
    """One file; its bytes are those of its pieces in their order."""

    __tablename__ = "kept_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class KeptPiece(Base):
    """A part of a file."""

    __tablename__ = "kept_piece"

    file_id: Mapped[int] = mapped_column(ForeignKey("kept_file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes]


def make(session: Session) -> int:
    """A new file without content; returns its number."""
    made = KeptFile()
    session.add(made)
    session.flush()
    return made.id


def write(session: Session, file_id: int, content: IO[bytes] | Iterable[bytes]) -> int:
    """Add *content* at the end of a file; returns how many bytes it was."""
    last = session.scalar(select(func.max(KeptPiece.number)).where(KeptPiece.file_id == file_id)) or 0
    size = 0
    for number, piece in enumerate(_pieces(content), last + 1):
        session.execute(insert(KeptPiece).values(file_id=file_id, number=number, data=piece))
        size += len(piece)
    return size


def read(session: Session, file_id: int) -> Iterator[bytes]:
    """The pieces of a file, one at a time."""
    number = 0
    while True:
        found = session.execute(
            select(KeptPiece.number, KeptPiece.data)
            .where(KeptPiece.file_id == file_id, KeptPiece.number > number)
            .order_by(KeptPiece.number)
            .limit(1)
        ).first()
        if found is None:
            return
        number = found.number
        yield found.data


def size(session: Session, file_id: int) -> int:
    """How many bytes a file has."""
    return session.scalar(select(func.sum(func.length(KeptPiece.data))).where(KeptPiece.file_id == file_id)) or 0


def remove(session: Session, *file_ids: int | None) -> None:
    """Forget files; those that are gone already do not matter."""
    session.execute(delete(KeptFile).where(KeptFile.id.in_([one for one in file_ids if one is not None])))


def _pieces(content: IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    if hasattr(content, "read"):
        while piece := content.read(PIECE):
            yield piece
        return
    waiting = bytearray()
    for part in content:
        waiting += part
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
