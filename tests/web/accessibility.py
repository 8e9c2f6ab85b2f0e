"""What is wrong with a page for people who see, hear or move otherwise, or whose screen is small."""

from __future__ import annotations

from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_COLOURS_STAND = """document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish())"""
"""A button that was just pressed is on its way from one colour to the other, and neither of the two has to be read.

It is put at its end rather than waited for: inside a closed fold no time passes, and there it would never come to one.
"""


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical, a page wider than its screen, and headings or landmarks out of order."""
    page.evaluate(_COLOURS_STAND)
    found = [
        f"{one['id']} {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    if levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels)):
        found.append(f"headings of levels {levels}")
    if page.get_by_role("main").count() != 1 or page.locator("html[lang]").count() != 1:
        found.append("no main part, or no language")
    return found
