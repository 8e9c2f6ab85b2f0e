"""The page on which a letter's plain text is written: lines, paragraphs, and the addresses that belong to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from models.deliveries.edition import LinkKind

from ..content.links import Links
from ..content.slot import FieldSlot, Slots, WrappedSlot
from ..message.mime import split_at_slots
from ..typography.line_breaks import WIDTH, break_lines, columns, wrap
from . import markdown
from .markdown import Anchor, Items, Node, Paragraph

RULE_LENGTH = 20
"""Characters of a ruled line: 40 columns, which a phone shows unbroken."""
_MARKS = {2: "■ ", 3: "● "}
_BULLET = "・"
_TYPICAL_NAME = "山田太郎"
_EMPTY_LINES = re.compile(r"\n{3,}")
_MAIL = re.compile(r"(?:mailto|tel):([^?;]*)")
_LOOKS_LIKE_ADDRESS = re.compile(r"(?:://|www\.)\S*$")


class TextLines:
    """Lines of text, at most 70 columns wide.

    Arguments:
        slots: the readers' details and more, whose markers stand in texts. Around a detail the paragraph is broken anew
            for each reader. None where there are no details.
    """

    def __init__(self, slots: Slots | None = None) -> None:
        self._lines: list[str] = []
        self._slots = slots or Slots()
        self._slot = self._slots.pattern

    def text(self) -> str:
        """All that was written."""
        return _EMPTY_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n") + "\n"

    def _measure(self, text: str) -> int:
        return columns(self._slot.sub(_TYPICAL_NAME, text))

    def line(self, text: str, *, first: str = "", rest: str = "", optional: bool = False) -> None:
        """Words that begin a line of their own. Nothing is written of an empty *optional* one."""
        if self._slot.search(text):
            for at, paragraph in enumerate(text.split("\n")):
                before = rest if at else first
                if self._slot.search(paragraph):
                    self._lines += self._with_details(paragraph, before, rest)
                else:
                    self._lines += wrap(paragraph, WIDTH, first=before, rest=rest)
        elif text or not optional:
            self._lines += wrap(text, WIDTH, first=first, rest=rest)

    def _with_details(self, paragraph: str, first: str, rest: str) -> Iterator[str]:
        """The lines of a paragraph before a reader's first detail; all others are one slot, as a name moves them.

        The line right before the detail is among the others: it takes in what a shorter name leaves room for.
        """
        available = WIDTH - max(columns(first), columns(rest))
        lines = break_lines(paragraph, available, measure=self._measure)
        own = max(next(at for at, line in enumerate(lines) if self._slot.search(line)) - 1, 0)
        pieces = split_at_slots("".join(lines[own:]), self._slots)
        details = tuple(piece for piece in pieces if isinstance(piece, str | FieldSlot))
        if len(details) < len(pieces):  # a token, which stands in no text of an author
            yield from wrap(paragraph, WIDTH, first=first, rest=rest, measure=self._measure)
            return
        for at, line in enumerate(lines[:own]):
            yield ((rest if at else first) + line).rstrip(" \t\u3000")
        yield self._slots.marker(WrappedSlot(details, rest if own else first, rest, available))

    def blank_line(self) -> None:
        """One empty line, where there is none yet."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def remove_blank_line(self) -> None:
        """Take an empty line back."""
        if self._lines and not self._lines[-1]:
            self._lines.pop()

    def rule(self, stroke: str) -> None:
        """A line across the page."""
        self._lines.append(stroke * RULE_LENGTH)

    def address(self, url: str) -> None:
        """An address, alone on its line and never broken."""
        self._lines.append(url)

    def paragraph(self, text: str) -> None:
        """Words and an empty line; nothing of nothing."""
        if text:
            self.line(text)
            self.blank_line()

    def button(self, label: str, address: str) -> None:
        """What the reader is asked to do, and where."""
        self.line(label, first="▼ ", rest="   ")
        self.address(address)
        self.blank_line()

    def title(self, text: str) -> None:
        """Words right above what they head."""
        self.blank_line()
        self.line(text)

    def heading(self, text: str, level: int) -> None:
        """A heading of level 2 or 3."""
        self.blank_line()
        self.line(text, first=_MARKS[level], rest="   ")
        self.blank_line()

    def item(self, name: str, url: str, text: str = "") -> None:
        """One linked thing of several."""
        self.line(name, first=_BULLET, rest="  ")
        self.line(text, first="  ", rest="  ", optional=True)
        self.address(url)
        self.blank_line()

    def row(self, cells: Sequence[str], header: Sequence[str], colon: str) -> None:
        """A table's row: its head, then each cell with the head of its column."""
        if len(cells) == 2:
            self.line(cells[0] + colon + cells[1], first=_BULLET, rest="  ")
            return
        self.line(cells[0] if cells else "", first=_BULLET, rest="  ")
        for at, cell in enumerate(cells[1:], 1):
            head = header[at] + colon if at < len(header) else ""
            self.line(head + cell, first="  ", rest="    ")


class TextPage(TextLines):
    """Lines of text with the authors' own among them, whose links become notes.

    Arguments:
        slots: as for :class:`TextLines`.
        href: gives the address that the letter carries for a link.
        links: checks addresses.
    """

    def __init__(self, slots: Slots, href: Callable[[str, LinkKind], str], links: Links) -> None:
        super().__init__(slots)
        self._href, self._links = href, links
        self._note_count = 0
        self._notes: dict[str, tuple[int, str]] = {}

    def prose(self, source: str) -> None:
        """One of the authors' texts, followed by the addresses of its links."""
        for node in markdown.parse(source):
            self._node(node)
            self.blank_line()
        self._write_notes()

    def listing(self, items: Sequence[str], *, ordered: bool) -> None:
        """A list of the authors' texts."""
        self._items(Items(tuple(markdown.parse(item) for item in items), ordered), "")
        self.blank_line()
        self._write_notes()

    def _node(self, node: Node, first: str = "", rest: str = "") -> None:
        if isinstance(node, Paragraph):
            for index, text in enumerate(markdown.plain(node.children, self._note).split("\n")):
                self.line(text, first=rest if index else first, rest=rest)
        else:
            self._items(node, rest)

    def _items(self, items: Items, indent: str) -> None:
        for number, item in enumerate(items.items, items.start):
            mark = f"{number}. " if items.ordered else _BULLET
            inner = indent + " " * columns(mark)
            for at, node in enumerate(item or (Paragraph(()),)):
                self._node(node, inner if at else indent + mark, inner)

    def _note(self, anchor: Anchor) -> str:
        """What stands behind a link's words; its address follows below."""
        mail = _MAIL.match(anchor.url)
        words = markdown.plain(anchor.children)
        url = self._href(anchor.url, LinkKind.PROSE)
        if mail:
            return "" if mail[1].lower() in words.lower() else f" ({mail[1]})"
        if url not in self._notes:
            self._note_count += 1
            self._notes[url] = (self._note_count, "" if anchor.bare else words)
        # Mail programs make a link of an address that is shown, and take whatever stands right behind it along.
        gap = " " if _LOOKS_LIKE_ADDRESS.search(words) else ""
        return f"{gap}[{self._notes[url][0]}]"

    def _write_notes(self) -> None:
        for url, (number, words) in self._notes.items():
            self.line(words.replace("\n", " "), first=f"[{number}] ", rest="    ")
            self.address(url)
        if self._notes:
            self.blank_line()
        self._notes = {}
