"""Marks that mean something elsewhere and stand in the letter as typed: unfinished Markdown, other systems' fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..content.letter import Letter
from ..render import markdown
from ..render.markdown import Anchor, Emphasis, Node, Strong, inlines, paragraphs
from .finding import Finding, error, warning
from .passages import Passage, passages
from .text_rules import SNIPPET, without_addresses

_UNFINISHED_LINK = re.compile(
    r"!?[\[［][^\[\]［］\n]{0,200}[\]］][(（]\s*(?:https?:|mailto:|article:|www\.|[\w/-]+\.(?:html?|pdf|png|jpe?g|gif)\b)"
    r"[^\s)）]{0,60}",
    re.IGNORECASE,
)
_WEIGHT = re.compile(
    r"(?<!\*)\*\*(?=[^\W\d]|[「『（(])[^*\n]{1,60}(?<=[\w。！？」』）)])\*\*(?![\d*])|^#{2,6}(?=[^\s#\d]).{0,40}",
    re.MULTILINE,
)

_HALF = re.compile(r"(?<![\w*])\*\*(?=[「『（(]?[^\W\d_])[^*\n]{1,40}")
"""Strong words that were begun and not closed; ``2**3`` and ``**/*.csv`` are none."""
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,30}(?:\.[A-Za-z_][A-Za-z0-9_]{0,30})?"
_JAPANESE = r"(?:お|ご)?(?:氏名|名前|芳名|会社名|団体名|所属|部署名?|役職|ふりがな|フリガナ|姓|名|宛名|メールアドレス)"
_FIELD = rf"\s*({_NAME}|{_JAPANESE})\s*"
_FOREIGN = re.compile(
    "|".join(
        [
            r"[{｛]{2}\s*[^{}｛｝\n]{1,60}[}｝]{2}(?<!\}\})|｛｛[^{}｛｝\n]{1,60}\}\}",
            rf"(?<![{{｛])[$#]?[{{｛]{_FIELD}[}}｝](?![}}｝])",
            rf"\*\|{_FIELD}(?::[^|\n]{{0,30}})?\|\*",
            rf"(?<![0-9０-９%％])[%％]{{1,2}}{_FIELD}[%％]{{1,2}}",
            rf"\[\[{_FIELD}\]\]|<%=?{_FIELD}%>|(?<!#)##{_FIELD}##|@@{_FIELD}@@|!\*{_FIELD}\*!",
            rf"(?<![A-Za-z0-9_])__(?:{_JAPANESE}|name|NAME)__|(?:«|<<|＜＜|《)\s*{_JAPANESE}\s*(?:»|>>|＞＞|》)",
        ]
    )
)
_OURS = (
    (re.compile(r"kana|ふりがな|フリガナ", re.IGNORECASE), "reader.kana"),
    (re.compile(r"company|organi[sz]ation|会社|団体|所属|部署", re.IGNORECASE), "reader.organisation"),
)


def check(letter: Letter) -> Iterator[Finding]:
    """Every passage: marks that were meant to do something, and do nothing."""
    for passage in passages(letter):
        yield from _foreign_fields(passage)
        yield from _marks(passage) if passage.markdown else _marks_without_meaning(passage)


def _foreign_fields(passage: Passage) -> Iterator[Finding]:
    for match in _FOREIGN.finditer(without_addresses(SNIPPET.sub("", passage.text))):
        ours = next((name for pattern, name in _OURS if pattern.search(match[0])), "reader.name")
        yield warning("slot.foreign", passage.where, text=match[0], name=ours)


def _marks(passage: Passage) -> Iterator[Finding]:
    nodes = markdown.parse(passage.text)
    words = "\n".join(markdown.plain(paragraph.children) for paragraph in paragraphs(nodes))
    for match in _UNFINISHED_LINK.finditer(words):
        yield error("words.markup", passage.where, text=match[0])
    for match in [*_WEIGHT.finditer(words), *_half_finished(nodes)]:
        yield warning("words.signs", passage.where, text=match[0])
    for paragraph in paragraphs(nodes):
        for child in inlines(paragraph.children):
            if isinstance(child, Anchor) and child.unsure:
                yield warning("link.unsure", passage.where, url=markdown.plain(child.children))


def _half_finished(nodes: tuple[Node, ...]) -> Iterator[re.Match[str]]:
    for paragraph in paragraphs(nodes):
        words = markdown.plain(paragraph.children)
        if words.count("**") == 1 and (match := _HALF.search(words)):
            yield match


def _marks_without_meaning(passage: Passage) -> Iterator[Finding]:
    """Markdown where no Markdown is read: in headlines, cells of tables, captions and titles."""
    for paragraph in paragraphs(markdown.parse(passage.text)):
        for child in inlines(paragraph.children):
            if isinstance(child, Strong | Emphasis) or (isinstance(child, Anchor) and not child.bare):
                yield error("words.markup", passage.where, text=markdown.plain(child.children))
