"""Pictures made fit to be seen by anybody: decoded and written anew, so that nothing but what is seen is left.

A photograph carries more than its picture: where and when it was taken, by whom, with which camera, sometimes a
smaller picture of what was cut away; and where a drawing program rubbed something out, its colours often stay behind
pixels that nobody sees. None of it outlives this. The picture is turned upright, as what says so goes as
well, and its colours become sRGB, as their profile does.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from io import BytesIO
from typing import Any, NamedTuple

from PIL import GifImagePlugin, ImageCms, ImageOps, ImageSequence, JpegImagePlugin, UnidentifiedImageError
from PIL import Image as Picture

from ..store.errors import Invalid

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "GIF": "image/gif"}
"""What every mail client shows; WebP and SVG are not shown everywhere. MPO is a JPEG with more pictures behind it."""
MAX_PIXELS = 40_000_000
"""Of all frames together: what they take when unpacked has no other bound."""
MAX_SIDE = 65_535
"""Pixels of a side, as many as JPEG and GIF can have: a row has a cost of its own, whatever its length."""
MAX_FRAMES = 300
_JPEG_QUALITY = 90
_PLAIN_MODES = {
    "image/png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "image/jpeg": ("L", "RGB"),
    "image/gif": ("1", "L", "P", "RGB", "RGBA"),
}
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
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
    """Decode a picture and write it anew.

    Arguments:
        data: the bytes of a file.
        file, line: where it is named, for the error.

    Raises:
        Invalid: it is broken, unpacks to too much, or is of a type that mail clients do not show.
    """
    try:
        with Picture.open(BytesIO(data)) as picture:
            media_type = TYPES.get(picture.format or "")
            if media_type is None:
                raise Invalid("the picture is neither PNG, JPEG nor GIF: save it as one of these", file=file, line=line)
            if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
                raise _too_large(file, line)
            if isinstance(picture, GifImagePlugin.GifImageFile):
                _check_frames(picture, file, line)
                return _animation(picture)
            return _still(picture, media_type)
    except (Picture.DecompressionBombError, Picture.DecompressionBombWarning) as error:
        raise _too_large(file, line) from error
    except _BROKEN as error:
        raise Invalid("the picture cannot be read: save it again as PNG or JPEG", file=file, line=line) from error


def _too_large(file: str, line: int) -> Invalid:
    return Invalid(
        "the picture has more than 40 megapixels, or a side of more than 65,535 pixels: make it smaller",
        file=file,
        line=line,
    )


def _check_frames(picture: GifImagePlugin.GifImageFile, file: str, line: int) -> None:
    allowed = min(MAX_FRAMES, MAX_PIXELS // max(1, picture.width * picture.height))
    with contextlib.suppress(EOFError):
        picture.seek(allowed)
        raise Invalid(
            f"the picture has more than {MAX_FRAMES} frames, or 40 megapixels in all of them: make it smaller",
            file=file,
            line=line,
        )
    picture.seek(0)


def _still(picture: Picture.Image, media_type: str) -> CleanPicture:
    options: dict[str, Any] = {}
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        options["progressive"] = bool(picture.info.get("progressive"))
        # The tables that it was written with lose next to nothing when they are applied again.
        if picture.mode in ("L", "RGB"):
            options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        else:
            options["quality"] = _JPEG_QUALITY
    picture.load()
    return _written([_shown(picture, media_type)], media_type, options)


def _animation(picture: Picture.Image) -> CleanPicture:
    frames: list[Picture.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(picture):
        durations.append(int(frame.info.get("duration", 0)))
        frames.append(_shown(frame.copy(), "image/gif"))
    options: dict[str, Any] = {}
    if len(frames) > 1:
        options = {"save_all": True, "append_images": frames[1:], "duration": durations}
        if "loop" in picture.info:
            options["loop"] = int(picture.info["loop"])
    return _written(frames, "image/gif", options)


def _written(frames: list[Picture.Image], media_type: str, options: dict[str, Any]) -> CleanPicture:
    data = BytesIO()
    frames[0].save(data, {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}[media_type], **options)
    return CleanPicture(data.getvalue(), media_type, frames[0].width, frames[0].height)


def _shown(picture: Picture.Image, media_type: str) -> Picture.Image:
    """What is seen of *picture*, and nothing else: Pillow writes much of what it knows of one by itself."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if profile:
        upright = _in_srgb(upright, profile)
    if upright.mode not in _PLAIN_MODES[media_type]:
        upright = upright.convert("RGB")
    transparency = upright.info.get("transparency")
    if isinstance(transparency, bytes) and transparency.count(0) > 1:
        upright, transparency = upright.convert("RGBA"), None
    bare = _seen_alone(upright) if upright.mode in ("RGBA", "LA") else upright.copy()
    bare.info = {} if transparency is None else {"transparency": transparency}
    bare.getexif().clear()
    return bare


def _seen_alone(picture: Picture.Image) -> Picture.Image:
    """*picture* without colours where it is wholly transparent."""
    seen = picture.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    bare = Picture.new(picture.mode, picture.size)
    bare.paste(picture, mask=seen)
    return bare


def _in_srgb(picture: Picture.Image, profile: bytes) -> Picture.Image:
    """*picture* in sRGB; as it is where its profile cannot be used."""
    alpha = None
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" not in ImageCms.getProfileDescription(source).lower():
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = converted or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass  # A broken profile, or one for other colours: programs that show pictures pass over it, too.
    if alpha is not None:
        picture.putalpha(alpha)
    return picture
