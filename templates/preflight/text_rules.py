"""The words of a letter: split words, long sentences, what a draft left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.manuscript import bare_address

from ..content.letter import Letter
from .finding import Finding, error, warning
from .passages import Passage, passages

SENTENCE_LIMIT = {"ja": 120, "en": 300}
"""Characters of one sentence."""

# What may be endless ends at the next opening: a paste full of openings without an end would be read again from each.
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{0,500})\]\([^)\[]{0,2000}\)")
_EMPHASIS = re.compile(r"(?<!\*)\*{1,3}(?![*\d])")
SNIPPET = re.compile(r"\{[{%#](?:(?!\{[{%#]).)*?[}%#]\}", re.DOTALL)
_KANJI = "\u3400-\u4dbf\u4e00-\u9fff々"
# One ideograph, a space, one ideograph, standing apart from other words: a word pulled wide for looks.
_SPLIT = re.compile(rf"(?<![{_KANJI}\w])[{_KANJI}](?:[ \u3000]+[{_KANJI}])+(?![{_KANJI}])")
_SENTENCE_END = re.compile(r"(?<=[。！？!?])|(?<=\.)\s+|\n\s*\n")
_PLACEHOLDERS = re.compile(
    r"[○〇◯]{2,}|[△▲]{2,}|[×✕]{2,}|●{2,}|■{2,}|＊{3,}|\?{3,}|？{2,}"
    r"|\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX+\b|lorem ipsum|dolor sit amet"
    r"|[(（【［\[](?:仮|要確認|確認中|未定稿|後日記入|記入|調整中|ダミー|差し替え|差替え?)[^)）】］\]]{0,10}[)）】］\]]"
    r"|ここに[^。\n]{0,20}(?:入力|記入|入れ|書)|ダミー(?:テキスト|文)|サンプル(?:テキスト|文)|テキストテキスト"
    r"|\bplaceholder\b|\binsert [a-z ]{1,20} here\b|your text here",
    re.IGNORECASE,
)


def check(letter: Letter) -> Iterator[Finding]:
    """Every passage by every rule of words."""
    for passage in passages(letter):
        yield from _placeholder(passage)
        yield from _long_sentences(passage, SENTENCE_LIMIT[letter.language])
        if letter.language == "ja":
            yield from _split(passage)


def plain(text: str) -> str:
    """A Markdown text as a reader sees it: link texts without addresses, personal fields left out."""
    return _EMPHASIS.sub("", without_addresses(_MARKDOWN_LINK.sub(r"\1", SNIPPET.sub("", text))))


def without_addresses(text: str) -> str:
    """*text* without the addresses of the web that were typed into it."""
    kept, at = [], 0
    for address in bare_address.find_all(text):
        kept.append(text[at : address.start])
        at = address.end
    return "".join([*kept, text[at:]])


def _split(passage: Passage) -> Iterator[Finding]:
    for match in _SPLIT.finditer(plain(passage.text)):
        yield warning("words.split", passage.where, mends=[(match[0], "".join(match[0].split()))], text=match[0])


def _long_sentences(passage: Passage, limit: int) -> Iterator[Finding]:
    for sentence in _SENTENCE_END.split(plain(passage.text)):
        length = len(sentence.strip())
        if length > limit:
            yield warning("words.long_sentence", passage.where, length=length, text=sentence.strip()[:30], limit=limit)


def _placeholder(passage: Passage) -> Iterator[Finding]:
    for match in _PLACEHOLDERS.finditer(plain(passage.text)):
        yield error("words.placeholder", passage.where, text=match[0])
