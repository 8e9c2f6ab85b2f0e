"""Stored pictures lose what is not seen of them: place, time, camera. Their names, which letters know, stay.

Follows: 0005
"""

from __future__ import annotations

from io import BytesIO

from alembic import op
from PIL import Image as Picture
from PIL import ImageFile
from sqlalchemy import text

from models.issues.picture import TYPES, clean
from models.store.errors import Invalid

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column for the digest of the file, and write every picture anew, one at a time."""
    op.execute("ALTER TABLE image ADD COLUMN source_digest VARCHAR(64) NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE image ALTER source_digest DROP DEFAULT")
    op.execute("CREATE INDEX ix_image_source_digest ON image (source_digest)")
    connection = op.get_bind()
    digests = connection.scalars(text("SELECT digest FROM image ORDER BY digest")).all()
    for digest in digests:
        row = connection.execute(text("SELECT data, media_type, width, height FROM image WHERE digest = :digest"),
                                 {"digest": digest}).one()  # fmt: skip
        data, width, height = _cleaned(bytes(row.data), row.media_type, row.width, row.height)
        connection.execute(
            text("UPDATE image SET data = :data, size = :size, width = :width, height = :height,"
                 " source_digest = digest WHERE digest = :digest"),
            {"data": data, "size": len(data), "width": width, "height": height, "digest": digest},
        )  # fmt: skip


def _cleaned(data: bytes, media_type: str, width: int, height: int) -> tuple[bytes, int, int]:
    """The picture without what is not seen; a grey one of its size where it cannot be decoded any more."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        found = clean(data)
    except Invalid:
        grey = BytesIO()
        kind = next(kind for kind, known in TYPES.items() if known == media_type)
        Picture.new("L", (width, height), 200).save(grey, kind)
        return grey.getvalue(), width, height
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    return found.data, found.width, found.height


def downgrade() -> None:
    """Forget which files the pictures came from; what was taken off them is gone."""
    op.execute("ALTER TABLE image DROP COLUMN source_digest")
