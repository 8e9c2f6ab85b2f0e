"""What is seen of a picture, as plain pixels: upright, in sRGB, eight bits a channel, on a light ground."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import Any, cast

from PIL import Image as Picture
from PIL import ImageCms, ImageOps

GROUND = "#ffffff"
"""What stands behind transparency. Mail programs that turn a letter dark leave pictures alone, so that black lines on
nothing would vanish."""
_PLAIN = ("1", "L", "P", "RGB")


def seen(picture: Picture.Image) -> Picture.Image:
    """What is seen of *picture* (mode 1, L, P or RGB), and nothing else: Pillow keeps much of what it knows of one."""
    profile = picture.info.get("icc_profile")
    upright = _eight_bits(_upright(picture))
    if profile:
        upright = _in_srgb(upright, profile)
    if upright.mode == "LAB":
        upright = _from_lab(upright)
    if upright.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in upright.info:
        upright = _on_ground(upright.convert("RGBA"))
    if upright.mode not in _PLAIN:
        upright = upright.convert("RGB")
    bare = upright.copy()
    bare.info = {}
    bare.getexif().clear()
    return bare


def _upright(picture: Picture.Image) -> Picture.Image:
    with contextlib.suppress(Exception):  # What says how it was held is broken: it is shown as it lies, as everywhere.
        return ImageOps.exif_transpose(picture)
    return picture


def _eight_bits(picture: Picture.Image) -> Picture.Image:
    """Scanners and instruments give 16 and 32 bits a pixel; Pillow's own conversion cuts off what is above 255."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    low, high = (float(value) for value in cast("tuple[Any, Any]", picture.getextrema()))
    if picture.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    elif low >= 0 and high <= 65535:
        low, high = 0.0, 255.0 if high <= 255 else 65535.0
    scale = 255 / (high - low) if high > low else 0.0
    grey = picture.convert("I") if picture.mode.startswith("I;16") else picture
    return grey.convert("F").point(lambda value: value * scale - low * scale).convert("L")


def _on_ground(picture: Picture.Image) -> Picture.Image:
    ground = Picture.new("RGB", picture.size, GROUND)
    ground.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return ground


def _from_lab(picture: Picture.Image) -> Picture.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB") or picture


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
