"""Pictures of issues and articles, kept once per content and named by their digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.clock import now
from ..store.errors import Invalid
from .block import Block, Figure, with_news
from .picture import CleanPicture, clean, for_letter
from .picture_file import check_whole

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
MAX_BYTES = 10 * 1024 * 1024


class Image(Base):
    """A picture without what is not seen (:mod:`.picture`), named so that an address never changes its meaning."""

    __tablename__ = "image"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the bytes; of an old picture, of what its bytes were before they were cleaned."""
    source_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    """SHA-256 of the file that it was made from, so that the same file is the same picture for ever."""
    letter_digest: Mapped[str] = mapped_column(String(64), default="")
    """The same picture in the width of a letter; empty where this one is small enough to be shown there itself."""
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """Bytes."""
    data: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def file_name(self) -> str:
        """How the picture is called in addresses: ``DIGEST.png``."""
        return f"{self.digest}.{SUFFIXES[self.media_type]}"


def store(session: Session, data: bytes, *, file: str = "", line: int = 0) -> Image:
    """Keep a picture, cleaned, and return it; the same file is kept once, beside it one for letters where it is large.

    Arguments:
        data: the file's bytes.
        file, line: where it is named, for the error.

    Raises:
        Invalid: it is too large, broken, or no picture that we read.
    """
    if len(data) > MAX_BYTES:
        raise Invalid("the picture is larger than 10 MB: make it smaller", file=file, line=line)
    source = sha256(data).hexdigest()
    known = session.scalar(
        select(Image).where((Image.digest == source) | (Image.source_digest == source)).order_by(Image.digest).limit(1)
    )
    if known is not None:
        return known
    check_whole(data, file=file, line=line)
    cleaned = clean(data, file=file, line=line)
    if len(cleaned.data) > MAX_BYTES:
        raise Invalid("the picture is larger than 10 MB once it is written anew: make it smaller", file=file, line=line)
    smaller = for_letter(cleaned)
    return _keep(session, cleaned, source, _keep(session, smaller).digest if smaller else "")


def shown(session: Session, blocks: Iterable[Block]) -> Sequence[Image]:
    """The pictures that *blocks* show."""
    digests = {part.image for block in blocks for part in with_news(block) if isinstance(part, Figure)}
    return session.scalars(select(Image).where(Image.digest.in_(digests))).all()


def _keep(session: Session, picture: CleanPicture, source_digest: str = "", letter_digest: str = "") -> Image:
    digest = sha256(picture.data).hexdigest()
    image = session.get(Image, digest)
    if image is None:
        image = Image(
            digest=digest,
            source_digest=source_digest,
            letter_digest=letter_digest,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            data=picture.data,
        )
        session.add(image)
        session.flush()
    return image
