"""Colours of the theme, and personal fields without a fallback."""

from __future__ import annotations

from collections.abc import Iterator

from ..content import theme
from ..content.letter import Letter
from ..content.slot import FieldSlot
from ..render.edition import Rendered
from .finding import LETTER, THEME, Finding, error


def check(letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """Contrast below 4.5:1 (WCAG 2.2, 1.4.3), and fields without words for readers who have no value."""
    for problem in theme.check(letter.theme):
        yield error("look.contrast", THEME, field=problem.field, problem=problem.words)
    holes = {slot.name for slot in rendered.slots.known if isinstance(slot, FieldSlot) and not slot.fallback}
    for name in sorted(holes):
        yield error("slot.fallback", LETTER, name=name)
