"""Cells of CSV files that people open in spreadsheets."""

from __future__ import annotations

import re
import unicodedata

FORMULA_STARTS = "=+-@"
"""What a spreadsheet takes for the beginning of a formula (OWASP, “CSV injection”)."""
_BREAKS = "\t\r\n"
"""What makes one of what follows, by beginning another cell or line where the file is read carelessly."""
# Spaces, and what has no shape: a spreadsheet may take them away.
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula.

    Also where the sign is full width, as Excel in Japanese reads ``＝``, or one of Unicode's small forms, where it is
    a true minus sign, and where only what nobody sees stands before it.
    """
    if text[:1] in _BREAKS and text:
        return True
    seen = text[_UNSEEN.match(text).end() :]  # type: ignore[union-attr]
    return bool(seen) and (unicodedata.normalize("NFKC", seen[0])[0] in FORMULA_STARTS or seen[0] == "\u2212")


def without_formula(value: object) -> object:
    """*value*; a text that a spreadsheet would run as a formula gets an apostrophe in front.

    So does one that looks as if it had got one: :func:`without_apostrophe` gives back every text as it was.
    """
    return f"'{value}" if isinstance(value, str) and is_formula(value.lstrip("'")) else value


def without_apostrophe(text: str) -> str:
    """*text* as it was before :func:`without_formula`, ours or that of another tool."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text
