"""Every letter in a browser, wide and narrow, light and dark: axe finds nothing serious, nothing sticks out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from templates import preview
from templates.content.letter import Letter, Theme

from .. import golden, sample_letters
from ..transactional.test_render import EVERY, parsed, part

THEMES = {
    "green": Theme(primary="#14532d", link="#14532d", font_size=18),
    "dark": Theme(
        primary="#ffd166", on_primary="#1b1b1b", background="#0b0f14", surface="#141a21", text="#e8edf2",
        muted="#b3bfcb", link="#8ec5ff",
    ),
}  # fmt: skip
WIDTHS = {"desktop": 760, "phone": 390}


def html_of(letter: Letter) -> str:
    return golden.files(letter)["html"].decode()


def transactional(kind: str, language: str) -> str:
    return part(parsed(kind, language), "html")


LETTERS: dict[str, Callable[[], str]] = {
    **{name: partial(html_of, letter) for name, letter in golden.letters().items()},
    **{
        f"theme-{name}": partial(html_of, replace(sample_letters.ranking(), theme=theme))
        for name, theme in THEMES.items()
    },
    **{f"{kind}-{language}": partial(transactional, kind, language) for kind, language in EVERY},
    "without-images": lambda: preview.without_images(html_of(sample_letters.ranking())),
    "sanitised": lambda: preview.sanitised(html_of(sample_letters.ranking())),
    "forced-dark": lambda: preview.dark(html_of(sample_letters.ranking())),
    "text": lambda: preview.text_only(
        html_of(sample_letters.ranking()), golden.files(sample_letters.ranking())["txt"].decode()
    ),
}
"""What makes the HTML of every letter: golden ones, a ranking in other themes and previews, transactional ones."""


@pytest.fixture(scope="module", params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    chosen: Literal["light", "dark"] = request.param
    return chosen


@pytest.fixture(scope="module")
def pages(browser: Browser, colours: Literal["light", "dark"]) -> Iterator[dict[str, Page]]:
    """A page of each width. Nothing is fetched: the pictures of these letters are nowhere."""
    contexts = {
        name: browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)
        for name, width in WIDTHS.items()
    }
    for context in contexts.values():
        context.set_default_timeout(0)
        context.route("**/*", lambda route: route.abort())
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, what is wider than the screen, and headings out of order."""
    found = [
        f"{one['id']} {one['nodes'][0]['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    if levels and (levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels))):
        found.append(f"headings of levels {levels}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", LETTERS)
def test_no_letter_shuts_anybody_out(pages: dict[str, Page], name: str) -> None:
    html = LETTERS[name]()
    wrong: list[str] = []
    for width, page in pages.items():
        page.set_content(html, wait_until="domcontentloaded")
        wrong += [f"{width}: {fault}" for fault in faults(page)]
    assert wrong == []
