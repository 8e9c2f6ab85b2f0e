"""Plain Markdown → blocks: headlines, paragraphs, lists, pictures and tables, as anybody would type them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from ..issues.block import Block, Figure, Heading, Listing, Prose, Table
from ..store import input_rule
from ..store.phrase import phrase
from .fence import MarkdownText
from .parse_context import ParseContext, inline_tokens, leading_link, markdown

_MARKER = re.compile(r"^([ \t]*(?:[-*+]|\d{1,9}[.)]))([ \t]+|$)")
_SOURCE = re.compile(r"^(?:出典|出所|Source)[ \t\u3000]*[:\uff1a][ \t\u3000]*(.+)$", re.IGNORECASE)
_SPACED_PATH = re.compile(r"^!\[(.*?)\]\(([^<>\n]*[ \u3000][^<>\n]*)\)$")
_PICTURE_LINE = 2000
_BARE_ADDRESS = re.compile(r"^(.*\S)[ \t\u3000]+<?(https?://[^\s<>]+)>?$")
FENCED = phrase("it wants a part of its own, such as “::: notice”")


def read(source: MarkdownText, context: ParseContext) -> Iterator[Block]:
    """The blocks of a text, in order.

    Raises:
        Invalid: something has no place in a letter, or a picture or table cannot be read.
    """
    lines = source.lines
    prose: list[int] = []
    for token in context.check_allowed(markdown().parse("\n".join(lines)), source.line):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        start, end = token.map
        if token.type == "paragraph_open" and not is_picture(lines[start]):
            prose = [prose[0] if prose else start, end]
            continue
        yield from _prose(source, prose, context)
        prose = []
        yield _block(token, MarkdownText(lines[start:end], source.line + start), context)
    yield from _prose(source, prose, context)


def read_all(source: MarkdownText, context: ParseContext) -> list[Block]:
    """All blocks of a text; see :func:`read`."""
    return list(read(source, context))


def _block(token: Token, piece: MarkdownText, context: ParseContext) -> Block:
    if token.type == "heading_open":
        return _heading(token, piece, context)
    if token.type in ("bullet_list_open", "ordered_list_open"):
        return listing(token, piece, context)
    if token.type == "table_open":
        return table(piece, context)
    if token.type == "paragraph_open":
        return _figure(piece, context)
    raise context.wrong(phrase("this has no place in a letter: {fenced}", fenced=FENCED), piece.line)


def _prose(source: MarkdownText, extent: list[int], context: ParseContext) -> Iterator[Block]:
    if extent:
        piece = MarkdownText(source.lines[extent[0] : extent[1]], source.line + extent[0])
        text, line = context.text(piece)
        yield context.build(Prose, line, line, text=text)


def _heading(token: Token, piece: MarkdownText, context: ParseContext) -> Heading:
    level = int(token.tag[1:])
    if level == 1:
        raise context.wrong("the headline of an issue is its subject: begin sections with ## instead of #", piece.line)
    if level > 3:
        raise context.wrong("headlines go down to ### and no deeper", piece.line)
    text = re.sub(r"^[ \t]*#+[ \t]*", "", piece.lines[0])
    text = re.sub(r"(^|[ \t])#+[ \t]*$", "", text).strip(" \t")
    if not input_rule.is_visible(text):
        raise context.wrong("the headline is empty", piece.line)
    context.refuse_picture(text, piece.line)
    return context.build(Heading, piece.line, level=level, text=text)


def listing(token: Token, piece: MarkdownText, context: ParseContext) -> Listing:
    """The list that *token* opens and *piece* holds."""
    if token.attrGet("start") not in (None, 1):
        raise context.wrong(
            phrase(
                "a numbered list begins with 1, not {token}: put “##” before it if it is a headline, or "
                "write the number as “{token}\\.” to keep it",
                token=token.attrGet("start"),
            ),
            piece.line,
        )
    tokens = markdown().parse("\n".join(piece.lines))
    context.check_numbers(tokens, piece.line)
    items: list[str] = []
    for inner in tokens:
        if inner.type == "list_item_open" and inner.level == 1 and inner.map is not None:
            start, end = inner.map
            item = "\n".join(_dedented(piece.lines[start:end])).strip("\n")
            if not item.strip():
                raise context.wrong("an item of the list is empty: take it out", piece.line + start)
            context.text(MarkdownText(item.split("\n"), piece.line + start))
            items.append(item)
    ordered = token.type == "ordered_list_open"
    return context.build(Listing, piece.line, piece.line, ordered=ordered, items=tuple(items))


def _dedented(lines: list[str]) -> list[str]:
    match = _MARKER.match(lines[0])
    if match is None:
        return lines
    gap = match.group(2) if 1 <= len(match.group(2)) <= 4 else " "
    width = len(match.group(1)) + len(gap)
    rest = [line[min(width, len(line) - len(line.lstrip(" "))) :] for line in lines[1:]]
    return [lines[0][match.end(1) + len(gap) :], *rest]


def is_picture(line: str) -> bool:
    """Whether a line is a picture and nothing else."""
    return _picture(line) is not None


def _picture(line: str) -> Token | None:
    """The picture that a line is. Its path may hold blanks, as those of screenshots do: words to Markdown."""
    words = line.strip()
    spaced = _SPACED_PATH.match(words) if len(words) <= _PICTURE_LINE else None
    for text in (words, f"![{spaced[1]}](<{spaced[2].strip()}>)" if spaced else ""):
        tokens = inline_tokens(text) if text.startswith("![") else []
        if len(tokens) == 1 and tokens[0].type == "image":
            return tokens[0]
    return None


def _figure(piece: MarkdownText, context: ParseContext) -> Figure:
    picture = _picture(piece.lines[0])
    if picture is None:
        raise context.wrong("this is no picture: write ![what it shows](its file)", piece.line)
    title = picture.attrGet("title")
    captions = [str(title)] if title else []
    source = ""
    for number, line in enumerate(piece.lines[1:], piece.line + 1):
        context.refuse_picture(line, number)
        if match := _SOURCE.match(line.strip()):
            if source:
                raise context.wrong("the picture has two sources: put both into one line", number)
            source = match.group(1)
        elif source:
            raise context.wrong("the source is the last line of a picture: put a blank line behind it", number)
        else:
            captions.append(line.strip())
    words, address = source_and_address(source)
    return context.build(
        Figure,
        piece.line,
        image=context.load_image(str(picture.attrGet("src") or ""), piece.line),
        alt=picture.content,
        caption="\n".join(captions),
        source=words,
        source_address=address,
    )


def source_and_address(text: str) -> tuple[str, str]:
    """The words of a source and its address: ``[words](address)``, ``words https://…``, or words alone."""
    link = leading_link(text)
    if link is not None and not link[2]:
        return link[:2]
    if match := _BARE_ADDRESS.match(text):
        return match.group(1), match.group(2)
    return text, ""


def table(piece: MarkdownText, context: ParseContext) -> Table:
    """The table of a piece that holds nothing else."""
    trimmed = piece.trimmed()
    header = _cells(trimmed.lines[0])
    rows: list[tuple[str, ...]] = []
    for number, line in enumerate(trimmed.lines[2:], trimmed.line + 2):
        cells = _cells(line)
        if len(cells) != len(header):
            raise context.wrong(
                phrase(
                    "this row has {count} cells, but the table's first row has {count2}",
                    count=len(cells),
                    count2=len(header),
                ),
                number,
            )
        rows.append(cells)
    return context.build(Table, trimmed.line, header=header, rows=tuple(rows))


def source_line(line: str) -> str:
    """What a line ``出典: …`` names, or nothing where it is another line."""
    match = _SOURCE.match(line.strip())
    return match.group(1) if match else ""


def _cells(line: str) -> tuple[str, ...]:
    cells = escapedSplit(line.strip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return tuple(cell.strip() for cell in cells)
