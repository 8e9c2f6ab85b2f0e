"""A newsletter's colours: which are refused, and that everything computed from them can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.content import theme
from templates.content.letter import Theme
from templates.content.theme import MIN_CONTRAST, Palette, contrast

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
_FIELDS = ("primary", "on_primary", "background", "surface", "text", "muted", "link")
looks = st.fixed_dictionaries(dict.fromkeys(_FIELDS, colours)).map(lambda chosen: Theme(**chosen))
_RATIOS = [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.478), ("#767676", "#ffffff", 4.542)]


@pytest.mark.parametrize(("one", "other", "ratio"), _RATIOS)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


def test_the_look_that_newsletters_begin_with_is_good() -> None:
    assert theme.check(Theme()) == []


@pytest.mark.parametrize("field", ["text", "muted", "link"])
def test_faint_texts_are_refused_with_a_better_colour(field: str) -> None:
    (problem,) = theme.check(replace(Theme(), **{field: "#8899aa"}))
    assert problem.field == field
    better = problem.words.say("en").rpartition(": ")[2].removesuffix(" would do")
    assert contrast(better, Theme().surface) >= MIN_CONTRAST
    assert better in problem.words.say("ja")


def test_what_is_no_colour_no_size_or_has_no_words_is_refused() -> None:
    bad = Theme(primary="blue", font_size=40, logo_address="https://news.example.jp/logo.png")
    assert {problem.field for problem in theme.check(bad)} == {"primary", "font_size", "logo_alt"}
    with pytest.raises(ValueError, match="blue"):
        theme.light(bad)


@given(looks)
def test_what_is_computed_can_be_read(chosen: Theme) -> None:
    dark = theme.dark(chosen)
    if theme.light(chosen) != dark:
        assert_readable(dark)
    if not theme.check(chosen):
        assert_readable(theme.light(chosen))


def assert_readable(palette: Palette) -> None:
    for colour in (palette.text, palette.muted, palette.link, palette.accent):
        assert contrast(colour, palette.surface) >= MIN_CONTRAST
        assert contrast(colour, palette.tint) >= MIN_CONTRAST
    assert contrast(palette.on_button, palette.button) >= MIN_CONTRAST
    assert contrast(palette.outer_text, palette.background) >= MIN_CONTRAST
    assert contrast(palette.outer_link, palette.background) >= MIN_CONTRAST
