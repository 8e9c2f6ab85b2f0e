"""What a file is that somebody hands in as a picture, and what to do where it is none that we can show.

People take what their program offers first: a drawing of PowerPoint, a page, a film, a file that has not been copied
to its end. Each of these is told by its first bytes, whatever it is called, and answered with the way out.
"""

from __future__ import annotations

import re

from ..store.errors import Invalid
from ..store.phrase import phrase

_OFFICE = "in PowerPoint, Word or Excel choose “Save as Picture” and the type PNG"
_EXPORT = "open it in the program that made it, and export it as PNG"
_ADVICE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?s)\x01\0\0\0.{36} EMF"), f"it is a drawing of Office (EMF): {_OFFICE}"),
    (re.compile(rb"\xd7\xcd\xc6\x9a|[\x01\x02]\0\x09\0\0[\x01\x03]"), f"it is a drawing of Office (WMF): {_OFFICE}"),
    (re.compile(rb"(?s).{0,1000}%PDF-"), f"it is a PDF: {_EXPORT}, or take a screenshot of the page"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), f"it is a drawing (EPS or Illustrator): {_EXPORT}"),
    (re.compile(rb"8BPS"), f"it is a Photoshop file: {_EXPORT}"),
    (re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0"), f"it is a document or an archive: {_OFFICE}"),
    (re.compile(rb"(?s).{4}ftyp(?:qt  |mp4|isom|iso\d|M4V|avc1|3gp)"), "it is a film: take the photograph beside it"),
    (re.compile(rb"(?s).{0,40}version https://git-lfs"), "it is only a pointer of Git LFS: fetch the file itself"),
    (
        re.compile(rb"(?si)[^<]{0,100}(?:<[?!].{0,1800})?<svg[\s/>]"),
        f"it is an SVG, which mail programs do not show: {_EXPORT}",
    ),
    (
        re.compile(rb"(?si)[^<]{0,100}<(?:!doctype html|html|head|body)[\s>]"),
        "it is a web page: save the picture itself",
    ),
    (
        re.compile(rb"(?s)\0\0\0\x0cJXL |\xff\x0a|\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
        "its type is not widely known: save it as PNG or JPEG",
    ),
)
_READ = re.compile(
    rb"(?s)\xff\xd8|\x89PNG|GIF8|II\*\0|MM\0\*|BM|RIFF.{4}WEBP|.{4}ftyp(?:avi[fs]|hei[cfmsx]|hev[cx]|mif1|msf1)"
)
"""How files begin of the types that we read."""
_PACKED = re.compile(rb"(?s)\xff\xd8|RIFF.{4}WEBP|.{4}ftyp")
"""Those whose readers take zeros for more of the picture."""
_OTHER = "it is none of the types PNG, JPEG, GIF, HEIC, TIFF, BMP, WebP and AVIF: save it as PNG or JPEG"
_ENOUGH_ZEROS = 256


def unknown(data: bytes, file: str, line: int) -> Invalid:
    """The error for a file that cannot be opened as a picture: it says what it is instead, and what to do about it."""
    start = data[:2000]
    if _READ.match(start):
        return cut_off(file, line)
    advice = next((advice for pattern, advice in _ADVICE if pattern.match(start)), _OTHER)
    return Invalid(phrase("the picture cannot be taken: {advice}", advice=advice), file=file, line=line)


def check_whole(data: bytes, *, file: str = "", line: int = 0) -> None:
    """Let only files pass of which nothing is missing, as far as that can be told without decoding them.

    Raises:
        Invalid: it is empty, or its end was never copied.
    """
    if not data.strip(b"\0"):
        raise Invalid(
            "the picture's file is empty: wait until it has been copied or downloaded to its end, and try again",
            file=file,
            line=line,
        )
    written = data.rstrip(b"\0")
    # A copy that broke off often has its full length, with zeros for what is missing, and would show as half a picture.
    ended = data.startswith(b"\xff\xd8") and b"\xff\xd9" in written[-64:]
    if _PACKED.match(data) and len(data) - len(written) >= _ENOUGH_ZEROS and not ended:
        raise cut_off(file, line)


def cut_off(file: str, line: int) -> Invalid:
    """The error for a picture of which a part is missing."""
    return Invalid(
        "the picture cannot be read to its end, as it is damaged or not whole: copy it anew, or save it again as PNG "
        "or JPEG",
        file=file,
        line=line,
    )
