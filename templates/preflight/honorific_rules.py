"""Honorifics behind a reader's detail, which would follow its fallback as well: 皆さま様."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..content.letter import Letter
from ..content.merge import evaluated
from ..content.slot import Escape, FieldSlot
from ..render.edition import Rendered
from .finding import Finding, warning
from .passages import passages

# 様々, 様子, 様式, 殿堂 and 先生方 are words, and no honorifics.
_HONORIFIC = r"(様(?![々子式相])|さま|サマ|殿(?!堂)|さん|先生(?!方)|御中|各位)"
_TAKES_HONORIFIC = re.compile(r"[者客員長主課局署室会社]$")
"""Ends of a fallback that is no address yet: ご担当者様, お客様, 各課御中."""


def check(letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """Every honorific that stands behind a detail with a fallback, with the form to write instead.

    It looks at what templates say, so that the way in which a detail is written does not matter.
    """
    slots = rendered.slots
    typed = evaluated(letter, slots, Escape.HTML)
    behind = re.compile(rf"{slots.pattern.pattern}[*」』 \u3000]*{_HONORIFIC}")
    for passage in passages(typed):
        for match in behind.finditer(passage.text):
            slot, honorific = slots.known[int(match[1])], match[2]
            if isinstance(slot, FieldSlot) and slot.fallback and not _TAKES_HONORIFIC.search(slot.fallback):
                yield warning(
                    "slot.honorific", passage.where, name=slot.name, fallback=slot.fallback, honorific=honorific
                )
