"""A frozen edition as the page behind “View in a browser”: the letter as it went out, in nobody's name.

Letters are passed on, and so are their links. What is shown holds no link that acts for the reader or counts as theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as trees

from ..content.wording import Wording

_TRACKED = re.compile(r"/c/([0-9]+)/")
_READERS_OWN = frozenset({"/v/", "/p/", "/u/"})
"""What is left of links with a token, once it is taken out: the copy itself, preferences, leaving."""


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What has to be known of an issue to show one of its editions."""

    links: Mapping[int, str]
    """Where each numbered link leads now."""
    corrected: Mapping[str, str] = field(default_factory=dict)
    """The right address by the wrong one, for letters whose links have no numbers."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Addresses of embedded pictures by what their digests begin with (32 digits)."""
    note: str = ""
    """What was found to be wrong since."""


def web_copy(edition: str, facts: EditionFacts, say: Wording) -> str:
    """The page.

    Arguments:
        edition: the HTML of the edition as it is kept: fields at their fallbacks, tokens taken out.
        say: the words of the letter's language.
    """
    tree = trees.document_fromstring(edition)
    base = _base(tree)
    for link in list(tree.iter("a")):
        _settle(link, base, facts)
    for picture in list(tree.iter("img")):
        source = picture.get("src", "")
        if source == f"{base}/o/.gif":
            picture.drop_tree()
        elif source.startswith("cid:"):
            picture.set("src", facts.pictures.get(source[4:36], ""))
    if facts.note:
        _add_note(tree, say.correction + say.colon + facts.note)
    tree.head.append(trees.fragment_fromstring('<meta name="robots" content="noindex">'))
    return str(trees.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def _base(tree: trees.HtmlElement) -> str:
    """What our addresses began with when the edition was frozen: every letter links to its own copy."""
    own = (link.get("href", "") for link in tree.iter("a"))
    return next((href.removesuffix("/v/") for href in own if href.endswith("/v/")), "\0")


def _settle(link: trees.HtmlElement, base: str, facts: EditionFacts) -> None:
    href = link.get("href", "")
    path = href.removeprefix(base) if href.startswith(f"{base}/") else ""
    tracked = _TRACKED.fullmatch(path)
    if path in _READERS_OWN:
        _drop(link)
    elif tracked and (link.get("tabindex") == "-1" or int(tracked[1]) not in facts.links):
        link.drop_tree() if link.get("tabindex") == "-1" else link.drop_tag()
    elif tracked:
        link.set("href", facts.links[int(tracked[1])])
    elif href in facts.corrected:
        link.set("href", facts.corrected[href])


def _drop(link: trees.HtmlElement) -> None:
    """Take a link away with the line that it stood on; with what held it, where that is empty then."""
    following, holder = link.getnext(), link.getparent()
    if following is not None and following.tag == "br" and not (link.tail or "").strip():
        following.drop_tree()
    link.drop_tree()
    if len(holder) == 0 and not holder.text_content().strip() and holder.get("role") is None:
        holder.drop_tree()


def _add_note(tree: trees.HtmlElement, words: str) -> None:
    found = tree.get_element_by_id("main", None)
    note = etree.Element("p", role="note", style="margin:0 0 24px;padding:12px 16px;border:2px solid currentColor")
    note.text = words
    (tree.body if found is None else found).insert(0, note)
