"""Styles are inlined as premailer does it by itself, and the private method that we override is what it was."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace

import pytest
from premailer import Premailer

from templates.content.letter import Theme
from templates.content.links import Links
from templates.render import css_inline, html

from .. import sample_letters

THEMES = {"standard": Theme(), "green": Theme(primary="#14532d", link="#14532d", font_size=18)}
SHEET = "p{color:#111}.a:hover{color:#222}h1{margin:0 !important}@media (max-width:9px){p{color:#333}}"


def styled(theme: Theme) -> str:
    """A whole ranking with its style sheets, before they are inlined."""
    letter, slots = replace(sample_letters.ranking(), theme=theme), sample_letters.slots()
    return html.styled(letter, slots, Links(letter, slots))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_styles_are_inlined_as_premailer_does_it(theme: Theme) -> None:
    document = styled(theme)
    plain = Premailer(document, **css_inline.OPTIONS).transform(pretty_print=False)
    wanted = re.sub(r"[ \t]*\n[ \t\n]*", "\n", plain)
    assert [css_inline.inline(document), css_inline.inline(document)] == [wanted, wanted]


def test_premailer_reads_each_style_sheet_by_the_method_that_is_cached() -> None:
    document = styled(replace(Theme(), primary="#123456"))
    before = css_inline._rules.cache_info()
    for _ in range(3):
        css_inline.inline(document)
    after = css_inline._rules.cache_info()
    assert after.misses - before.misses == 1
    assert after.hits - before.hits == 2


def test_the_method_that_is_cached_keeps_its_contract() -> None:
    """Called with the sheet and its place among the sheets; gives two lists, new ones each time, of fixed values."""
    method = Premailer._parse_style_rules
    assert list(inspect.signature(method).parameters) == ["self", "css_body", "ruleset_index"]
    inliner = Premailer(**css_inline.OPTIONS)
    rules, leftover = inliner._parse_style_rules(SHEET, 2)
    assert isinstance(rules, list)
    assert isinstance(leftover, list)
    assert ((0, 0, 0, 1, 2, 0), "p", "color:#111") in rules
    assert all(isinstance(one, tuple) for one in rules)
    assert (rules, len(leftover)) == (inliner._parse_style_rules(SHEET, 2)[0], 2)
