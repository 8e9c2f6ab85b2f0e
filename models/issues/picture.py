"""Pictures made fit to be seen by anybody: decoded and written anew, so that nothing but what is seen is left.

A photograph carries more than its picture: where and when it was taken, by whom, with which camera, sometimes a
smaller picture of what was cut away; and where a drawing program rubbed something out, its colours often stay behind
pixels that nobody sees. None of it outlives this. What telephones, scanners and programs write comes out as PNG, JPEG
or GIF, which every mail program shows: at the size that it is looked at by itself (:func:`clean`), and at the size of
a letter (:func:`for_letter`).
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from io import BytesIO
from typing import Any, NamedTuple

import pi_heif
from PIL import Image as Picture
from PIL import ImageFile, ImageSequence, JpegImagePlugin, UnidentifiedImageError

from ..store.errors import Invalid
from ..store.phrase import phrase
from . import picture_file
from .picture_pixels import seen

Picture.init()
pi_heif.register_heif_opener()

TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "GIF": "image/gif",
    "HEIF": "image/jpeg",
    "AVIF": "image/jpeg",
    "WEBP": "image/png",
    "TIFF": "image/png",
    "BMP": "image/png",
}
"""What is read, and what it becomes. MPO is a JPEG with more pictures behind it, as telephones write it."""
_READERS = [name for name in TYPES if name != "MPO"]
"""Pillow's reader of JPEG knows an MPO by itself."""
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_PNG_OR_JPEG = ("WEBP", "TIFF", "BMP")
"""What holds photographs as well as drawings without loss."""
MAX_PIXELS = 50_000_000
"""Of all frames together: what they take when unpacked has no other bound. A scanned A4 page of 600 dpi has 35 million,
a telephone's photograph 12 to 50."""
MAX_JPEG_PIXELS = 89_000_000
"""A JPEG is made smaller while it is unpacked."""
MAX_SIDE = 65_535
"""Pixels of a side, as many as JPEG and GIF can have: a row has a cost of its own, whatever its length."""
MAX_FRAMES = 300
FULL_SIDE = 3000
"""Pixels of a side at most of what is kept: a page of small print can be read with it."""
LETTER_WIDTH = 1104
"""Pixels of a picture in a letter, twice the 552 that it is shown with, for screens with fine pixels."""
_JPEG_QUALITY = 90
_HEAVY = 200_000
"""Bytes from which a PNG is compared with a JPEG of the same picture."""
_DNG_VERSION = 50706
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)


class CleanPicture(NamedTuple):
    """A picture without anything that is not seen."""

    data: bytes
    media_type: str
    width: int
    height: int


def clean(data: bytes, *, file: str = "", line: int = 0) -> CleanPicture:
    """Decode a picture and write it anew, no side longer than :data:`FULL_SIDE`.

    Arguments:
        data: the bytes of a file.
        file, line: where it is named, for the error.

    Raises:
        Invalid: it is broken, unpacks to too much, has several pages, or is no picture that we read.
    """
    try:
        with Picture.open(BytesIO(data), formats=_READERS) as picture:
            _check(picture, file, line)
            frames = _frames(picture, file, line)
            if frames > 1 or picture.format == "GIF":
                return _animation(picture)
            return _still(picture, data)
    except (Picture.DecompressionBombError, Picture.DecompressionBombWarning) as error:
        raise _too_large(file, line) from error
    except UnidentifiedImageError as error:
        raise picture_file.unknown(data, file, line) from error
    except _BROKEN as error:
        raise picture_file.cut_off(file, line) from error


def for_letter(picture: CleanPicture) -> CleanPicture | None:
    """The same in the width of a letter; None where it is small enough, moves, or would be no lighter."""
    if picture.width <= LETTER_WIDTH or picture.media_type == "image/gif":
        return None
    with Picture.open(BytesIO(picture.data)) as opened:
        height = max(1, round(picture.height * LETTER_WIDTH / picture.width))
        smaller = _smooth(opened).resize((LETTER_WIDTH, height), Picture.Resampling.LANCZOS)
    kind = "image/jpeg" if picture.media_type == "image/jpeg" else ""
    found = _written([smaller], kind) if kind else _lighter(smaller)
    return found if len(found.data) < len(picture.data) else None


def _too_large(file: str, line: int) -> Invalid:
    return Invalid(
        phrase(
            "the picture has more than {what} megapixels, or a side of more than 65,535 pixels: make it smaller",
            what=MAX_PIXELS // 1000000,
        ),
        file=file,
        line=line,
    )


def _check(picture: Picture.Image, file: str, line: int) -> None:
    most = MAX_JPEG_PIXELS if picture.format in ("JPEG", "MPO") else MAX_PIXELS
    if picture.width * picture.height > most or max(picture.size) > MAX_SIDE:
        raise _too_large(file, line)
    if picture.format == "TIFF" and _DNG_VERSION in getattr(picture, "tag_v2", {}):
        raise Invalid(
            "the picture is a camera's raw file (DNG): save it as JPEG in the program for photographs",
            file=file,
            line=line,
        )


def _frames(picture: Picture.Image, file: str, line: int) -> int:
    """How many frames an animation has; 1 for whatever stands still."""
    if picture.format == "TIFF" and getattr(picture, "n_frames", 1) > 1:
        raise Invalid(
            "the picture is a file of several pages: save the page that is meant by itself, as PNG",
            file=file,
            line=line,
        )
    if picture.format not in _ANIMATED:
        return 1
    allowed = min(MAX_FRAMES, MAX_PIXELS // max(1, picture.width * picture.height))
    if picture.format == "GIF":  # To count its frames, all of them would be read.
        with contextlib.suppress(EOFError):
            picture.seek(allowed)
            raise _too_long(file, line)
        picture.seek(0)
        return 2
    count = int(getattr(picture, "n_frames", 1))
    if count > max(1, allowed):
        raise _too_long(file, line)
    return count


def _too_long(file: str, line: int) -> Invalid:
    return Invalid(
        phrase(
            "the picture has more than {max_frames} frames, or {what} megapixels in all of them: make it smaller",
            max_frames=MAX_FRAMES,
            what=MAX_PIXELS // 1000000,
        ),
        file=file,
        line=line,
    )


def _still(picture: Picture.Image, data: bytes) -> CleanPicture:
    kind = str(picture.format)
    whole = picture.size
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        picture.draft(None, (FULL_SIDE, FULL_SIDE))
    options = _jpeg_options(picture) if kind in ("JPEG", "MPO") and max(whole) <= FULL_SIDE else {}
    picture.load()
    if kind in ("JPEG", "MPO") and _ends_in_nothing(picture) and _goes_on(picture, data):
        raise ValueError("its last part was never there")
    shown = seen(picture)
    if max(shown.size) > FULL_SIDE:
        shown = _smooth(shown)
        shown.thumbnail((FULL_SIDE, FULL_SIDE), Picture.Resampling.LANCZOS)
    if kind in _PNG_OR_JPEG:
        return _lighter(shown)
    return _written([shown], TYPES[kind], options)


def _jpeg_options(picture: Picture.Image) -> dict[str, Any]:
    options: dict[str, Any] = {"progressive": bool(picture.info.get("progressive"))}
    # The tables that it was written with lose next to nothing when they are applied again.
    if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture.mode in ("L", "RGB"):
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
    return options


def _ends_in_nothing(picture: Picture.Image) -> bool:
    """Whether a JPEG that was ended by force stops before its last corner: what is missing is exactly middle grey."""
    if (
        picture.mode not in ("L", "RGB") or ImageFile.LOAD_TRUNCATED_IMAGES
    ):  # as where old pictures are kept as they are
        return False
    grey = ((128, 128),) * len(picture.getbands())

    def corner(left: int, top: int) -> bool:
        found = picture.crop((left, top, left + 2, top + 2)).getextrema()
        return (found if picture.mode == "RGB" else (found,)) == grey

    return corner(picture.width - 2, picture.height - 2) and not corner(0, 0)


def _goes_on(picture: Picture.Image, data: bytes) -> bool:
    """Whether a JPEG lacks a part: then bytes put before its end are read as that. A whole one passes over them."""
    end = data.rfind(b"\xff\xd9")
    with Picture.open(BytesIO(data[:end] + bytes(range(255)) + data[end:]), formats=["JPEG"]) as longer:
        longer.draft(None, (FULL_SIDE, FULL_SIDE))
        return longer.size != picture.size or longer.tobytes() != picture.tobytes()


def _smooth(picture: Picture.Image) -> Picture.Image:
    """*picture* in a mode in which pixels between two others can have a colour between theirs."""
    return picture.convert("L") if picture.mode == "1" else picture.convert("RGB") if picture.mode == "P" else picture


def _lighter(picture: Picture.Image) -> CleanPicture:
    """A PNG, which loses nothing; a JPEG where that weighs less than half, as with photographs."""
    exact = _written([picture], "image/png")
    if len(exact.data) < _HEAVY:
        return exact
    lossy = _written([_smooth(picture)], "image/jpeg", {"subsampling": 0})
    return lossy if len(lossy.data) * 2 < len(exact.data) else exact


def _animation(picture: Picture.Image) -> CleanPicture:
    frames: list[Picture.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(picture):
        loaded = frame.copy()  # WebP and AVIF tell how long a frame stands once it is unpacked
        durations.append(int(loaded.info.get("duration", 0)))
        frames.append(seen(loaded))
    options: dict[str, Any] = {}
    if len(frames) > 1:
        options = {"save_all": True, "append_images": frames[1:], "duration": durations}
        if "loop" in picture.info:
            options["loop"] = int(picture.info["loop"])
    return _written(frames, "image/gif", options)


def _written(frames: list[Picture.Image], media_type: str, options: dict[str, Any] | None = None) -> CleanPicture:
    data = BytesIO()
    if media_type == "image/jpeg":
        options = {} if options is None else options
        options = options if "qtables" in options else {"quality": _JPEG_QUALITY, **options}
        frames = [frames[0] if frames[0].mode in ("L", "RGB") else frames[0].convert("RGB")]
    kind = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}[media_type]
    frames[0].save(data, kind, **(options or {}))
    return CleanPicture(data.getvalue(), media_type, frames[0].width, frames[0].height)
