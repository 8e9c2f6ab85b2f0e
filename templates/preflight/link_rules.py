"""Links: words that do not say where they lead, and addresses that do not answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from models.issues.block import Button, SignupCall

from ..content.letter import Letter
from ..render.edition import Rendered
from ..translations import phrase
from .archive_links import leads_to_us
from .finding import LETTER, Finding, Location, error, warning
from .http_check import Reached, Status
from .passages import every_block, passages

MAX_CONCURRENT = 4
"""Addresses that are asked at the same time: few enough to be no burden to anybody."""

_REASONS = {
    "name": phrase("there is no server of that name"),
    "certificate": phrase("its certificate cannot be trusted"),
    "timeout": phrase("no answer in time"),
    "": phrase("no connection"),
}
"""Why an address could not be asked, by :attr:`.http_check.Reached.detail`."""
_LINK = re.compile(r"\[([^\[\]]{0,500})\]\([^)\[]{1,2000}\)")
_VAGUE = frozenset(
    [
        "こちら",
        "ここ",
        "こちらから",
        "ここから",
        "こちらへ",
        "詳細",
        "詳しく",
        "詳しくは",
        "詳しくはこちら",
        "詳細はこちら",
        "続き",
        "続きはこちら",
        "続きを読む",
        "もっと見る",
        "もっと読む",
        "クリック",
        "ここをクリック",
        "こちらをクリック",
        "リンク",
        "サイト",
        "ホームページ",
        "here",
        "click",
        "more",
        "link",
        "clickhere",
        "readmore",
        "details",
        "thislink",
        "thispage",
        "learnmore",
        "seemore",
    ]
)


def check(letter: Letter) -> Iterator[Finding]:
    """Link texts that say nothing once they stand alone (WCAG 2.2, 2.4.4)."""
    for passage in passages(letter):
        if passage.markdown:
            for text in _LINK.findall(passage.text):
                yield from _vague(text, passage.where)
    for block, where in every_block(letter):
        if isinstance(block, Button):
            yield from _vague(block.text, where)
        elif isinstance(block, SignupCall) and block.button:
            yield from _vague(block.button, where)


def check_reachable(letter: Letter, rendered: Rendered, reach: Callable[[str], Reached]) -> Iterator[Finding]:
    """Ask every address that the letter links to once, our own left out, at most four at a time.

    Arguments:
        letter: whose links they are.
        rendered: the table of them.
        reach: asks one address; see :func:`templates.preflight.http_check.ask`.
    """
    urls = list(dict.fromkeys(row.url for row in rendered.links if not leads_to_us(letter, row.url)))
    with ThreadPoolExecutor(MAX_CONCURRENT) as pool:
        answers = list(pool.map(reach, urls))
    for url, reached in zip(urls, answers, strict=True):
        if reached.status is Status.BROKEN:
            yield error("link.broken", LETTER, url=url, status=reached.detail)
        elif reached.status is Status.PRIVATE:
            yield error("link.private", LETTER, url=url)
        elif reached.status is Status.UNREACHABLE:
            reason = _REASONS.get(reached.detail, _REASONS[""])
            yield warning("link.unreachable", LETTER, url=url, reason=reason)


def _vague(text: str, where: Location) -> Iterator[Finding]:
    bare = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()
    if not bare or bare in _VAGUE:
        yield warning("link.vague", where, text=text)
