"""Whatever a telephone, a Mac, Office or a scanner gives is shown as it was seen, or refused with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from PIL import ImageCms
from sqlalchemy.orm import Session

from models.issues import image
from models.issues.picture import FULL_SIDE, LETTER_WIDTH, CleanPicture, clean, for_letter
from models.store.errors import Invalid

HEIC = Path(__file__).parents[2] / "data" / "pictures" / "telephone.heic"
"""As a telephone writes it: left half red, lying, and turned upright by a quarter."""


def halves(mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> Picture.Image:
    """Left half dark, right half light."""
    picture = Picture.new("L", size, 230)
    picture.paste(20, (0, 0, size[0] // 2, size[1]))
    return picture.convert(mode, dither=Picture.Dither.NONE)


def saved(picture: Picture.Image, kind: str, **options: Any) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def noise(width: int, height: int) -> Picture.Image:
    return Picture.effect_noise((width, height), 90).convert("RGB")


def sixteen_bits() -> Picture.Image:
    """A grey scan of 16 bits a pixel, of which a conversion that cuts off would leave nothing but white."""
    row = b"".join(level.to_bytes(2, "little") * 32 for level in (5_000, 59_000))
    return Picture.frombytes("I;16", (64, 32), row * 32)


def floating() -> Picture.Image:
    return halves("F").point(lambda value: value * 1000.0 + 0.0)


def grey(picture: Picture.Image, x: int) -> int:
    found = picture.convert("L").getpixel((x, picture.height // 2))
    assert isinstance(found, int)
    return found


def opened(made: CleanPicture) -> Picture.Image:
    picture = Picture.open(BytesIO(made.data))
    assert picture.size == (made.width, made.height)
    picture.load()
    return picture


SOURCES: dict[str, Callable[[], bytes]] = {
    "telephone-mpo": lambda: saved(halves(), "MPO", save_all=True, append_images=[halves(size=(16, 8))]),
    "scanner-cmyk-jpeg": lambda: saved(halves("CMYK"), "JPEG"),
    "scanner-cmyk-tiff": lambda: saved(halves("CMYK"), "TIFF"),
    "scanner-one-bit-tiff": lambda: saved(halves("1"), "TIFF", compression="group4", dpi=(600, 600)),
    "scanner-one-bit-png": lambda: saved(halves("1"), "PNG"),
    "scanner-16-bit-png": lambda: saved(sixteen_bits(), "PNG"),
    "scanner-16-bit-tiff": lambda: saved(sixteen_bits(), "TIFF"),
    "scanner-grey-jpeg": lambda: saved(halves("L"), "JPEG"),
    "instrument-float-tiff": lambda: saved(floating(), "TIFF"),
    "instrument-32-bit-tiff": lambda: saved(halves("I"), "TIFF"),
    "mac-tiff": lambda: saved(halves("RGBA"), "TIFF", compression="tiff_lzw"),
    "mac-lab-tiff": lambda: saved(_lab(), "TIFF"),
    "windows-bmp": lambda: saved(halves(), "BMP"),
    "windows-bmp-palette": lambda: saved(halves("P"), "BMP"),
    "web-webp": lambda: saved(halves(), "WEBP", lossless=True),
    "web-avif": lambda: saved(halves(), "AVIF"),
    "office-png-palette": lambda: saved(halves("P"), "PNG"),
    "office-gif": lambda: saved(halves("P"), "GIF"),
    "broken-exif": lambda: saved(halves(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x01" * 40),
}


def _lab() -> Picture.Image:
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    made = ImageCms.applyTransform(halves(), to_lab)
    assert made is not None
    return made


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", SOURCES)
def test_case_g21_what_devices_give_is_shown_as_it_was_seen(name: str) -> None:
    made = clean(SOURCES[name]())
    assert made.media_type in ("image/png", "image/jpeg", "image/gif")
    shown = opened(made)
    assert shown.mode in ("1", "L", "P", "RGB"), "eight bits, no ink colours, no transparency"
    assert shown.size == (64, 32)
    assert grey(shown, 8) < 70
    assert grey(shown, 56) > 185


def test_case_g21_a_telephones_heic_is_turned_upright_and_tells_nothing() -> None:
    data = HEIC.read_bytes()
    made = clean(data)
    assert b"Shigaraki-Camera" in data
    assert b"Shigaraki-Camera" not in made.data
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 32, 64)
    top, bottom = (opened(made).convert("RGB").getpixel((16, y)) for y in (8, 56))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "GIF", "TIFF", "BMP", "WEBP", "AVIF"])
@pytest.mark.parametrize("part", [0.4, 0.8])
def test_case_g21_half_a_picture_is_refused(session: Session, kind: str, part: float) -> None:
    options: dict[str, Any] = {"save_all": True, "append_images": []} if kind == "MPO" else {}
    data = saved(noise(160, 160), kind, **options)
    half = data[: int(len(data) * part)]
    with pytest.raises(Invalid, match="cannot be read"):
        image.store(session, half)
    if kind not in ("TIFF", "BMP"):  # whose zeros may be black
        with pytest.raises(Invalid, match="cannot be read"):
            image.store(session, half + bytes(len(data) - len(half)))


@pytest.mark.parametrize("part", [0.4, 0.8])
def test_case_g21_half_a_jpeg_that_was_ended_by_force_is_refused(session: Session, part: float) -> None:
    data = saved(noise(160, 160), "JPEG")
    with pytest.raises(Invalid, match="cannot be read"):
        image.store(session, data[: int(len(data) * part)] + b"\xff\xd9")
    flat = saved(Picture.new("RGB", (64, 64), (128, 128, 128)), "JPEG")
    assert image.store(session, flat).width == 64, "a grey picture is a picture"


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_case_g21_a_whole_jpeg_may_end_in_middle_grey(mode: str, progressive: bool) -> None:
    drawn = Picture.new(mode, (96, 96), "#808080")
    drawn.paste(noise(32, 32).convert(mode), (0, 0))
    data = saved(drawn, "JPEG", quality=95, progressive=progressive)
    assert grey(opened(clean(data)), 90) == 128
    if not progressive:  # of which the first scan may be whole
        with pytest.raises(Invalid, match="cannot be read"):
            clean(data[: data.rindex(b"\xff\xda") + 300] + b"\xff\xd9")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_case_g21_what_moves_moves_as_fast_as_it_did(kind: str) -> None:
    frames = [halves(), halves().transpose(Picture.Transpose.FLIP_LEFT_RIGHT)]
    shown = opened(clean(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=[100, 200], loop=0)))
    durations = []
    for at in range(2):
        shown.seek(at)
        durations.append(shown.info["duration"])
    assert durations == [100, 200]


REFUSED = {
    "office-emf": (b"\x01\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(200), "EMF.*Save as Picture"),
    "office-wmf": (b"\xd7\xcd\xc6\x9a" + bytes(200), "WMF.*Save as Picture"),
    "office-wmf-without-place": (b"\x01\0\x09\0\0\x03" + bytes(200), "WMF.*Save as Picture"),
    "office-document": (b"PK\x03\x04" + bytes(200), "document"),
    "office-old-document": (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(200), "document"),
    "mac-pdf": (b"%PDF-1.7\n" + bytes(200), "PDF"),
    "photoshop": (b"8BPS" + bytes(200), "Photoshop"),
    "illustrator": (b"%!PS-Adobe-3.0 EPSF", "Illustrator"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "svg-with-head": (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- drawn -->\n<svg/>", "SVG"),
    "web-page": (b"\n<!DOCTYPE html><title>Not found</title>", "web page"),
    "film": (b"\0\0\0\x14ftypqt  " + bytes(50), "film"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
    "text": ("これは図です。".encode(), "PNG or JPEG"),
    "jpeg-xl": (b"\0\0\0\x0cJXL \r\n\x87\n", "PNG or JPEG"),
    "empty": (b"", "empty"),
    "not-copied": (bytes(5000), "empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_case_g21_what_is_no_picture_is_refused_with_the_way_out(session: Session, name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(Invalid, match=words) as refused:
        image.store(session, data, file="issue.md", line=7)
    assert str(refused.value).startswith("issue.md:7: the picture")


def test_case_g21_pages_and_raw_photographs_are_not_shown_in_part() -> None:
    pages = saved(halves(), "TIFF", save_all=True, append_images=[halves()])
    with pytest.raises(Invalid, match="several pages"):
        clean(pages)
    with pytest.raises(Invalid, match="DNG"):
        clean(saved(halves(), "TIFF", tiffinfo={50706: b"\x01\x04\0\0"}))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_case_g21_what_moves_stays_moving_where_every_mail_program_shows_it(kind: str) -> None:
    frames = [halves(), halves().transpose(Picture.Transpose.FLIP_LEFT_RIGHT)]
    made = clean(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=200, loop=0))
    assert made.media_type == "image/gif"
    shown = opened(made)
    assert getattr(shown, "n_frames", 1) == 2
    assert grey(shown, 8) < 70
    shown.seek(1)
    assert grey(shown, 8) > 185


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PNG-tRNS"])
def test_case_g20_black_lines_on_nothing_stand_on_a_light_ground(mode: str) -> None:
    drawn = Picture.new("RGBA", (40, 20), (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (0, 8, 40, 12))
    if mode == "P":
        data = saved(drawn.quantize(8), "PNG")
    elif mode == "PNG-tRNS":
        black_on_pink = Picture.new("RGB", (40, 20), (255, 0, 255))
        black_on_pink.paste((0, 0, 0), (0, 8, 40, 12))
        data = saved(black_on_pink, "PNG", transparency=(255, 0, 255))
    else:
        data = saved(drawn.convert(mode), "PNG")
    shown = opened(clean(data))
    assert "transparency" not in shown.info
    assert shown.mode in ("L", "P", "RGB")
    assert shown.convert("RGB").getpixel((5, 10)) == (0, 0, 0)
    assert shown.convert("RGB").getpixel((5, 2)) == (255, 255, 255)


def test_case_g16_a_large_picture_is_kept_for_looking_and_for_letters(session: Session) -> None:
    kept = image.store(session, saved(halves(size=(5000, 2000)), "PNG"))
    assert (kept.width, kept.height) == (FULL_SIDE, 1200)
    shown = session.get_one(image.Image, kept.letter_digest)
    assert (shown.width, shown.height) == (LETTER_WIDTH, 442)
    assert shown.size < kept.size
    assert not shown.letter_digest
    again = image.store(session, saved(halves(size=(5000, 2000)), "PNG"))
    assert again is kept
    assert image.store(session, kept.data) is kept, "its export is the same picture"


@pytest.mark.parametrize(
    ("mode", "kind", "wanted"),
    [("RGB", "JPEG", "image/jpeg"), ("1", "PNG", "image/png"), ("P", "PNG", "image/png"), ("L", "PNG", "image/png")],
)
def test_case_g16_a_letters_picture_is_smooth_and_of_a_type_that_suits(mode: str, kind: str, wanted: str) -> None:
    drawn = halves("L", (2400, 600))
    for x in range(0, 2400, 7):
        drawn.paste(60, (x, 0, x + 2, 300))
    whole = clean(saved(drawn.convert(mode), kind))
    shown = for_letter(whole)
    if shown is not None:
        assert (shown.width, shown.media_type) == (LETTER_WIDTH, wanted)
        assert len(shown.data) < len(whole.data)


def test_case_g16_a_photograph_saved_as_png_weighs_as_a_photograph_in_a_letter() -> None:
    shown = for_letter(clean(saved(noise(1600, 900), "PNG")))
    assert shown is not None
    assert shown.media_type == "image/jpeg"


def test_case_g16_small_and_moving_pictures_are_shown_as_they_are() -> None:
    assert for_letter(clean(saved(halves(size=(LETTER_WIDTH, 40)), "PNG"))) is None
    frames = [halves(size=(1200, 20)), halves(size=(1200, 20))]
    moving = clean(saved(frames[0], "GIF", save_all=True, append_images=[frames[1].rotate(180)], duration=90))
    assert for_letter(moving) is None


def test_case_g21_large_photographs_are_taken_without_their_full_weight() -> None:
    """60 megapixels, as telephones take them: too many for a drawing, and a JPEG is made smaller on the way."""
    made = clean(saved(Picture.new("L", (10_000, 6_000), 90), "JPEG", quality=20))
    assert max(made.width, made.height) == FULL_SIDE
    assert re.fullmatch(r"image/jpeg", made.media_type)
