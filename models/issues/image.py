"""Pictures of issues and articles, kept once per content and named by their digest."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from io import BytesIO

from PIL import Image as Picture
from PIL import UnidentifiedImageError
from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.clock import now
from ..store.errors import Invalid

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
"""What every mail client shows; WebP and SVG are not shown everywhere."""
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000


class Image(Base):
    """A picture: its bytes, named by their SHA-256, so that an address never changes its meaning."""

    __tablename__ = "image"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
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
    """Keep a picture and return it; the same bytes are kept once.

    Arguments:
        data: the file's bytes.
        file, line: where it is named, for the error.

    Raises:
        Invalid: it is too large, broken, or of a type that mail clients do not show.
    """
    if len(data) > MAX_BYTES:
        raise Invalid("the picture is larger than 10 MB: make it smaller", file=file, line=line)
    try:
        with Picture.open(BytesIO(data)) as picture:
            media_type = TYPES.get(picture.format or "")
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise Invalid("the picture has more than 40 megapixels: make it smaller", file=file, line=line)
            picture.verify()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Picture.DecompressionBombError,
    ) as error:
        raise Invalid("the picture cannot be read: save it again as PNG or JPEG", file=file, line=line) from error
    if media_type is None:
        raise Invalid("the picture is neither PNG, JPEG nor GIF: save it as one of these", file=file, line=line)
    digest = sha256(data).hexdigest()
    image = session.get(Image, digest)
    if image is None:
        image = Image(digest=digest, media_type=media_type, width=width, height=height, size=len(data), data=data)
        session.add(image)
        session.flush()
    return image
