"""A letter with the readers of each of its links drawn over it: marks made on the server, nothing runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from lxml import etree
from lxml import html as trees

_TRACKED = re.compile(r"/c/(\d+)/$")
_PIXEL = "/o/.gif"
"""How the address of an edition's pixel ends; what follows the number of a link is nobody's token, which is empty."""
_MARK = (
    "display:inline-block;margin:2px 4px;padding:1px 7px;border-radius:10px;border:2px solid {border};"
    "background:{background};color:{text};font:700 13px/1.4 sans-serif;text-decoration:none;vertical-align:middle;"
    "white-space:nowrap"
)
# From few readers to many: dark enough under white, light enough under black (WCAG 2.2, 1.4.3).
_SHADES = (("#ffffff", "#1f2933"), ("#fff2b8", "#1f2933"), ("#f4a261", "#1f2933"), ("#a4161a", "#ffffff"))


class LinkMark(NamedTuple):
    """What is drawn at a link."""

    readers: int
    text: str
    """The number with its unit and range, as people read it."""


def draw(letter: str, marks: Mapping[int, LinkMark], describe: Callable[[int], str]) -> str:
    """*letter* with a mark behind each tracked link. Links lead nowhere any more, and no opening is counted.

    Arguments:
        letter: HTML of an edition, as it is kept: its tokens are empty.
        marks: by number of the link.
        describe: what a mark says to those who do not see where it stands.
    """
    tree = trees.document_fromstring(letter)
    most = max((mark.readers for mark in marks.values()), default=0)
    for image in list(tree.iter("img")):
        if (image.get("src") or "").endswith(_PIXEL):
            image.drop_tree()
    for link in list(tree.iter("a")):
        found = _TRACKED.search(link.attrib.pop("href", ""))
        number = int(found[1]) if found else 0
        if number in marks:
            link.append(_mark(marks[number], number, most, describe(number)))
    drawn: str = etree.tostring(tree, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    return drawn


def _mark(mark: LinkMark, number: int, most: int, said: str) -> etree._Element:
    background, text = _SHADES[_shade(mark.readers, most)]
    one = etree.Element("span")
    one.set("data-link", str(number))
    one.set("title", said)
    one.set("style", _MARK.format(border="#1f2933", background=background, text=text))
    one.text = mark.text
    return one


def _shade(readers: int, most: int) -> int:
    if not readers or not most:
        return 0
    return 1 + min(2, 3 * readers // (most + 1))
