"""Reading a feed: Atom (RFC 4287), RSS 2.0 and 1.0. It comes from elsewhere, so nothing in it is followed."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree

from ...store import input_rule
from ...store.clock import TOKYO
from ...store.errors import Invalid

MOST_ENTRIES = 100
MAX_TITLE = 300
MAX_RECAP = 400
_LONGEST_HTML = 20_000


class FeedEntry(NamedTuple):
    """One piece of a feed, in plain words."""

    title: str
    address: str
    published: date | None
    recap: str


def parse(data: bytes, address: str) -> list[FeedEntry]:
    """The entries of a feed that have a title and an address of the web, as they stand; at most a hundred.

    Arguments:
        address: where the feed was fetched, for addresses that are told from there.

    Raises:
        Invalid: it is no feed; field ``feed``.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Invalid("this is no feed: look for an address of Atom or RSS on the site", field="feed") from None
    # Feeds need no document type; entities that grow, or that read files, would stand there.
    if root.getroottree().docinfo.internalDTD is not None or _name(root) not in ("feed", "rss", "RDF"):
        raise Invalid("this is no feed: look for an address of Atom or RSS on the site", field="feed")
    found = (entry for node in root.iter() if _name(node) in ("entry", "item") if (entry := _entry(node, address)))
    return [entry for entry, _ in zip(found, range(MOST_ENTRIES), strict=False)]


def _entry(node: etree._Element, base: str) -> FeedEntry | None:
    parts: dict[str, str] = {}
    for part in node:
        name = _name(part)
        if name == "link" and part.get("href"):
            if part.get("rel", "alternate") == "alternate":
                parts.setdefault("link", str(part.get("href")))
        elif name not in parts:
            parts[name] = "".join(str(text) for text in part.itertext())
    title, address = _plain(parts.get("title", ""), MAX_TITLE), _address(base, parts.get("link", "").strip())
    if not title or not address.startswith(("http://", "https://")):
        return None
    recap = _plain(parts.get("summary") or parts.get("description") or parts.get("content", ""), MAX_RECAP)
    told = (parts.get(name, "") for name in ("published", "pubDate", "date", "updated"))
    return FeedEntry(title, address[:2000], next(filter(None, map(_day, told)), None), recap)


def _address(base: str, link: str) -> str:
    """Where an entry leads; nothing where no browser would find it either."""
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return ""


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _day(told: str) -> date | None:
    """The day in Asia/Tokyo of a time as feeds write it; None where it is none."""
    told = told.strip()
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        try:
            moment = parsedate_to_datetime(told)
        except (ValueError, OverflowError):
            return None
    try:
        return (moment.astimezone(TOKYO) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


class _Words(HTMLParser):
    """The words of a piece of HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._within = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within += tag in ("script", "style")
        self.words.append(" " if tag in ("p", "br", "div", "li") else "")

    def handle_endtag(self, tag: str) -> None:
        self._within = max(0, self._within - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.words.append(data)


def _plain(told: str, limit: int) -> str:
    """Plain words of at most *limit* characters, cut behind a sentence where there is one."""
    reader = _Words()
    reader.feed(told[:_LONGEST_HTML])
    words = " ".join("".join(reader.words).split())
    words = input_rule.without_controls(input_rule.normalised(words)).strip()
    words = words if input_rule.fault(words, lines=False) is None else ""
    words = re.sub(r"!?\[|\]", lambda found: {"[": "［", "]": "］"}.get(found[0][-1], ""), words)
    if len(words) <= limit:
        return words
    cut = max(words.rfind(end, limit // 3, limit - 1) for end in "。！？.!?")
    return words[: cut + 1] if cut > 0 else words[: limit - 1] + "…"
