"""Pictures lose what is not seen of them, and nothing that is seen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageCms, PngImagePlugin
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import image
from models.issues.picture import clean
from models.store.errors import Invalid

SECRET = b"Shigaraki-Camera"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"


def photograph(orientation: int = 1, **options: object) -> bytes:
    """A JPEG as a telephone writes it: left half red, with maker, time, place and a comment."""
    picture = Picture.new("RGB", (64, 32), "blue")
    picture.paste("red", (0, 0, 32, 32))
    exif = Picture.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = orientation, SECRET.decode(), "2026:04:01 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 1.0, 2.0), 3: "E", 4: (135.0, 1.0, 2.0)})
    data = BytesIO()
    picture.save(data, "JPEG", exif=exif, comment=SECRET, xmp=XMP, **options)
    return data.getvalue()


def drawing() -> bytes:
    """A PNG with texts, XMP, Exif, a time and more bytes behind its end."""
    picture = Picture.new("RGBA", (20, 10), (255, 0, 0, 100))
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Comment", SECRET.decode() * 100, zip=True)
    texts.add(b"tIME", b"\x07\xea\x04\x01\x0a\x00\x00")
    exif = Picture.Exif()
    exif[0x010F] = SECRET.decode()
    data = BytesIO()
    picture.save(data, "PNG", pnginfo=texts, exif=exif)
    return data.getvalue() + SECRET


def animation() -> bytes:
    """A GIF of three frames with a comment."""
    frames = [Picture.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    data = BytesIO()
    frames[0].save(
        data, "GIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0, comment=SECRET
    )
    return data.getvalue()


def many_pictures() -> bytes:
    """An MPO, as some telephones call a JPEG with a second one behind it."""
    data = BytesIO()
    first, second = (Picture.new("RGB", (16, 16), colour) for colour in ("red", "green"))
    first.save(data, "MPO", save_all=True, append_images=[second])
    return data.getvalue()


@pytest.mark.parametrize("make", [photograph, drawing, animation, many_pictures])
def test_case_a7_nothing_but_the_picture_is_left(make: Callable[[], bytes]) -> None:
    dirty, cleaned = make(), clean(make())
    for known in (SECRET, b"Exif", b"xmpmeta", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf", b"MPF", b"ICC_PROFILE"):
        assert known not in cleaned.data, known
    with Picture.open(BytesIO(cleaned.data)) as after, Picture.open(BytesIO(dirty)) as before:
        assert not after.getexif()
        assert not set(after.info) & {"exif", "xmp", "comment", "icc_profile", "dpi", "photoshop"}
        on_white = Picture.alpha_composite(Picture.new("RGBA", before.size, "white"), before.convert("RGBA"))
        near = [abs(a - b) for a, b in zip(_colour(on_white), _colour(after), strict=True)]
        assert max(near) < 6, "it looks as before"


def _colour(picture: Picture.Image) -> tuple[int, ...]:
    found = picture.convert("RGBA").getpixel((4, 4))
    assert isinstance(found, tuple)
    return found


def _rubbed_out(mode: str) -> bytes:
    """A picture whose left half is transparent, with four colours behind what is not seen."""
    picture = Picture.new("RGBA", (40, 10), (0, 0, 255, 255))
    for place, colour in enumerate(["red", "lime", "yellow", "white"]):
        picture.paste(colour, (place * 5, 0, place * 5 + 5, 10))
    options: dict[str, object] = {}
    if mode == "P":
        picture = picture.convert("RGB").quantize(8)
        pixels = [picture.getpixel((x, 0)) for x in (0, 5, 10, 15)]
        options["transparency"] = bytes(0 if number in pixels else 255 for number in range(8))
    else:
        alpha = Picture.new("L", picture.size, 255)
        alpha.paste(0, (0, 0, 20, 10))
        picture.putalpha(alpha)
        picture = picture.convert(mode)
    data = BytesIO()
    picture.save(data, "PNG", **options)
    return data.getvalue()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_case_a7_no_colours_stay_where_nothing_is_seen(mode: str) -> None:
    before = Picture.open(BytesIO(_rubbed_out(mode))).convert("RGBA")
    after = Picture.open(BytesIO(clean(_rubbed_out(mode)).data)).convert("RGBA")
    assert len({before.getpixel((x, 0)) for x in range(20)}) > 1
    assert {after.getpixel((x, 0)) for x in range(20)} == {(255, 255, 255, 255)}
    assert after.crop((20, 0, 40, 10)).tobytes() == before.crop((20, 0, 40, 10)).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_case_a7_pictures_are_turned_upright(orientation: int) -> None:
    cleaned = clean(photograph(orientation))
    assert (cleaned.width, cleaned.height) == ((64, 32) if orientation < 5 else (32, 64))
    with Picture.open(BytesIO(cleaned.data)) as after:
        assert after.size == (cleaned.width, cleaned.height)
        # Where the top left corner was; it is red, and the opposite end is blue.
        corner = {1: (2, 2), 2: (61, 2), 3: (61, 29), 4: (2, 29), 5: (2, 2), 6: (29, 2), 7: (29, 61), 8: (2, 61)}
        red = after.convert("RGB").getpixel(corner[orientation])
        assert isinstance(red, tuple)
        assert red[0] > 200
        assert red[2] < 60


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_case_a7_colours_become_srgb(mode: str) -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes())
    data = BytesIO()
    Picture.new("RGB", (8, 8), (10, 200, 30)).convert(mode).save(data, "PNG", icc_profile=bytes(profile))
    with Picture.open(BytesIO(clean(data.getvalue()).data)) as after:
        assert "icc_profile" not in after.info
    data = BytesIO()
    Picture.new("RGB", (8, 8), (10, 200, 30)).save(data, "JPEG", icc_profile=b"no profile at all")
    with Picture.open(BytesIO(clean(data.getvalue()).data)) as after:
        assert "icc_profile" not in after.info


def test_case_a7_every_frame_of_an_animation_stays() -> None:
    with Picture.open(BytesIO(clean(animation()).data)) as after:
        assert getattr(after, "n_frames", 1) == 3
        assert after.info["loop"] == 0
        assert after.info["duration"] == 100


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge, and would be."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def long_animation() -> bytes:
    """A GIF of few bytes whose frames have more than 50 megapixels together."""
    frames = [Picture.new("P", (2000, 1500), number) for number in range(18)]
    data = BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])
    return data.getvalue()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8000, 7000), (10_000, 10_000), (60_000, 60_000), (1, 50_000_001), (65_536, 1)])
def test_case_a7_bombs_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="50 megapixels"):
        clean(bomb(*size))


def test_case_a7_animations_are_counted_with_every_frame() -> None:
    with pytest.raises(Invalid, match="50 megapixels"):
        clean(long_animation())


@pytest.mark.parametrize("make", [photograph, drawing])
def test_broken_pictures_are_refused_and_never_stored_half(session: Session, make: Callable[[], bytes]) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        image.store(session, make()[:200])
    assert not session.scalars(select(image.Image)).all()


@pytest.mark.filterwarnings("ignore::UserWarning")
@hypothesis_settings(max_examples=150)
@given(st.sampled_from([photograph, drawing, animation, many_pictures]), st.data())
def test_whatever_a_file_holds_is_cleaned_or_refused(make: Callable[[], bytes], draw: st.DataObject) -> None:
    data = bytearray(make())
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        cleaned = clean(bytes(data))
    except Invalid:
        return
    with Picture.open(BytesIO(cleaned.data)) as after:
        after.load()
        assert not after.getexif()


def test_the_same_file_is_the_same_picture_and_so_is_its_export(session: Session) -> None:
    first = image.store(session, photograph())
    assert image.store(session, photograph()) is first
    assert image.store(session, first.data) is first
    assert first.digest != first.source_digest
