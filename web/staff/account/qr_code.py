"""A QR code (ISO/IEC 18004) as SVG inside of a page, which needs no address of a picture that somebody could store."""

from __future__ import annotations

import segno
from markupsafe import Markup

_PIXELS = 5


def drawn(text: str, title: str) -> Markup:
    """*text* as a QR code, dark on light whatever the page's colours are, with the quiet zone that readers need.

    Arguments:
        title: what it is, for people who do not see it.
    """
    code = segno.make_qr(text, error="m")
    drawing = code.svg_inline(scale=_PIXELS, border=4, dark="#000", light="#fff", svgclass="qr-code", title=title,
                              lineclass=None)  # fmt: skip
    return Markup(drawing.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  (segno escapes the title)
