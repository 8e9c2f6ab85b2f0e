"""A newsletter's theme: its colours, their contrast, and what is derived from them.

Staff choose seven colours. The rest is computed so that every text stands out enough from what is behind it, in
light and in dark mode: panels are tinted as far as contrast allows, and a colour that is too near to its background is
moved away from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..translations import Phrase, phrase
from .letter import Theme

MIN_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA."""
STRONG_CONTRAST = 7.0
"""Success criterion 1.4.6, level AAA."""
FONT_SIZES = range(14, 23)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DARK_BACKGROUND, _DARK_SURFACE, _DARK_TEXT, _DARK_MUTED = "#0e1216", "#171c22", "#e9edf1", "#aeb8c2"
_DARK_CONTRAST = 6.5
"""Colours look dimmer on dark backgrounds than their ratio says."""
_STEPS = 40

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a theme: the field to change, and why."""

    field: str
    words: Phrase


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far one colour of a theme stands out from what is behind it."""

    field: str
    background: str
    """The field of the colour behind it."""
    ratio: float
    """From 1 to 21; 0 where one of them is no colour."""

    @property
    def shown(self) -> str:
        """The ratio as it is said, never rounded up."""
        return f"{int(self.ratio * 100) / 100:.2f}"

    @property
    def passes(self) -> bool:
        """Whether readers with weak eyes can read it (level AA)."""
        return self.ratio >= MIN_CONTRAST

    @property
    def is_strong(self) -> bool:
        """Whether it is good for nearly everybody (level AAA)."""
        return self.ratio >= STRONG_CONTRAST


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of a letter in one scheme, ``#rrggbb`` each; all texts reach MIN_CONTRAST on their backgrounds."""

    background: str
    surface: str
    tint: str
    """Ground of panels."""
    line: str
    text: str
    muted: str
    link: str
    accent: str
    """Places, small headings and bars: the primary colour, readable on surface and tint."""
    button: str
    on_button: str
    outer_text: str
    outer_link: str
    """Words and links of the footer, which stands on the background."""


def is_colour(value: str) -> bool:
    """Whether *value* is a colour as themes have it, such as ``#1d4f7c``."""
    return _COLOUR.fullmatch(value) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ``#rrggbb``, from 1 to 21 (WCAG 2.2, “contrast ratio”).

    Raises:
        ValueError: one of them is no such colour.
    """
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1 (WCAG 2.2, “relative luminance”)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> Rgb:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"“{colour}” is no colour like #1d4f7c")
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def mix(one: str, other: str, share: float) -> str:
    """*one* with a *share* (0 to 1) of *other*."""
    parts = (first + (second - first) * share for first, second in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def readable(colour: str, *backgrounds: str, ratio: float = MIN_CONTRAST) -> str:
    """*colour*, moved towards black or white just as far as it needs for *ratio* with every one of *backgrounds*."""
    ends = sorted(("#000000", "#ffffff"), key=lambda end: -min(contrast(end, background) for background in backgrounds))
    for step in range(_STEPS + 1):
        moved = mix(colour, ends[0], step / _STEPS)
        if all(contrast(moved, background) >= ratio for background in backgrounds):
            return moved
    return ends[0]


PAIRS = (("text", "surface"), ("muted", "surface"), ("link", "surface"), ("on_primary", "primary"))
"""What is read, and the colour behind it."""


def contrasts(theme: Theme) -> list[Contrast]:
    """How readable each text of a letter is; for colours that cannot be read, not at all."""
    found, colours = [], _colours(theme)
    for name, background in PAIRS:
        pair = (colours[name], colours[background])
        ratio = contrast(*pair) if all(map(_COLOUR.fullmatch, pair)) else 0.0
        found.append(Contrast(name, background, ratio))
    return found


def check(theme: Theme) -> list[Problem]:
    """Why *theme* must be refused; empty where it may be used."""
    problems = [
        Problem(name, phrase("“{value}” is no colour: write it like #1d4f7c", value=value))
        for name, value in _colours(theme).items()
        if not (isinstance(value, str) and _COLOUR.fullmatch(value))
    ]
    if not problems:
        problems += [problem for name, background in PAIRS if (problem := _low_contrast(theme, name, background))]
    if theme.font_size not in FONT_SIZES:
        low, high = FONT_SIZES[0], FONT_SIZES[-1]
        problems.append(
            Problem("font_size", phrase("choose a font size from {low} to {high} pixels", low=low, high=high))
        )
    address, alt = theme.logo_address, theme.logo_alt
    if not isinstance(address, str) or (address and not address.startswith(("https://", "http://"))):
        problems.append(Problem("logo_address", phrase("The logo's address begins with https://")))
    if address and not (isinstance(alt, str) and alt.strip()):
        problems.append(Problem("logo_alt", phrase("say in words what the logo shows")))
    return problems


_NAMES = {
    "text": phrase("text"),
    "muted": phrase("muted text"),
    "link": phrase("links"),
    "surface": phrase("the page"),
    "on_primary": phrase("text on buttons"),
    "primary": phrase("buttons"),
}


def _low_contrast(theme: Theme, name: str, background: str) -> Problem | None:
    colours = _colours(theme)
    ratio = contrast(colours[name], colours[background])
    if ratio >= MIN_CONTRAST:
        return None
    better = readable(colours[name], colours[background])
    shown = int(ratio * 100) / 100
    words = phrase(
        "the colour of {what} is too near to that of {background} "
        "(contrast {ratio}, at least {least} is needed): {better} would do",
        what=_NAMES[name], background=_NAMES[background], ratio=shown, least=MIN_CONTRAST, better=better,
    )  # fmt: skip
    return Problem(name, words)


def _colours(theme: Theme) -> dict[str, str]:
    names = ("primary", "on_primary", "background", "surface", "text", "muted", "link")
    return {name: getattr(theme, name) for name in names}


@lru_cache(maxsize=128)
def light(theme: Theme) -> Palette:
    """The colours of a letter as its newsletter wants them.

    Raises:
        ValueError: one of the theme's colours is none.
    """
    _channels(theme.on_primary)  # the only colour that nothing is computed from
    colours = (theme.text, theme.muted, theme.link)
    tint = _tint(theme.surface, theme.primary, colours)
    return _palette(theme.primary, theme.background, theme.surface, tint, *colours, theme.primary, theme.on_primary)


@lru_cache(maxsize=128)
def dark(theme: Theme) -> Palette:
    """The colours of a letter where a reader prefers dark: its own if these are dark already."""
    if luminance(theme.surface) < 0.18:
        return light(theme)
    surface = mix(_DARK_SURFACE, theme.primary, 0.06)
    background = mix(_DARK_BACKGROUND, theme.primary, 0.04)
    tint = mix(surface, "#ffffff", 0.06)
    link = readable(theme.link, surface, tint, ratio=_DARK_CONTRAST)
    button = readable(theme.primary, surface, tint, ratio=_DARK_CONTRAST)
    text, muted = (readable(colour, surface, tint) for colour in (_DARK_TEXT, _DARK_MUTED))
    return _palette(button, background, surface, tint, text, muted, link, button, readable(surface, button))


def _palette(
    primary: str, background: str, surface: str, tint: str, text: str, muted: str, link: str, button: str, on: str
) -> Palette:
    return Palette(
        background=background,
        surface=surface,
        tint=tint,
        line=mix(surface, text, 0.16),
        text=text,
        muted=muted,
        link=link,
        accent=readable(primary, surface, tint),
        button=button,
        on_button=on,
        outer_text=readable(muted, background),
        outer_link=readable(link, background),
    )


def _tint(surface: str, primary: str, texts: tuple[str, ...]) -> str:
    """*surface* with as much of *primary* as the texts on it bear, 7 % at most."""
    for step in range(7, 0, -1):
        tint = mix(surface, primary, step / 100)
        if all(contrast(text, tint) >= MIN_CONTRAST for text in texts):
            return tint
    return surface
