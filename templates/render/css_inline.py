"""Style sheets written into the elements they are for, as many mail programs read no other styles.

Nothing else in the house knows premailer.
"""

from __future__ import annotations

import logging
import os
import re
from functools import lru_cache
from typing import Any

# premailer reads it when it is imported. One letter needs about 140 entries and every theme has its own;
# with the 128 that premailer keeps by itself, each letter would parse all of its styles anew.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")

from premailer import Premailer

OPTIONS: dict[str, Any] = {
    "disable_validation": True,
    "disable_leftover_css": True,
    "disable_basic_attributes": ["width", "height"],
    "align_floating_images": False,
    "allow_network": False,
    "strip_important": False,
    "cssutils_logging_level": logging.CRITICAL,
}
"""What premailer is asked for."""

# From the beginning of a run of spaces only: from each of them, a run within a line would be gone through anew.
_INDENT = re.compile(r"(?<![ \t])[ \t]*\n[ \t\n]*")


def inline(document: str) -> str:
    """*document* with the rules of its style sheets in its elements' attributes, and without empty lines.

    Style sheets marked ``data-premailer="ignore"``, which hold media queries, stay as they are.
    """
    whole: str = _Inliner(document, **OPTIONS).transform(pretty_print=False)
    return _INDENT.sub("\n", whole)


class _Inliner(Premailer):  # type: ignore[misc]
    """premailer with the rules of a style sheet kept, which it would write out again for each letter.

    The method is premailer's own and not documented: a test (``test_css_inline``) fails where it changes.
    """

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        rules, leftover = _rules(css_body, ruleset_index)
        return list(rules), list(leftover)


@lru_cache(maxsize=64)
def _rules(css_body: str, ruleset_index: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    rules, leftover = Premailer(**OPTIONS)._parse_style_rules(css_body, ruleset_index)
    return tuple(rules), tuple(leftover)
