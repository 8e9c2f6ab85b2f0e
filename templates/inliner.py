"""Style sheets written into the elements they are for, as many mail programs read no other styles."""

from __future__ import annotations

import logging
import os
import re

# premailer reads it when it is imported. One letter needs about 140 entries and every look has its own;
# with the 128 that premailer keeps by itself, each letter would parse all of its styles anew.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")

from premailer import Premailer

_INDENT = re.compile(r"[ \t]*\n[ \t\n]*")


def inline(document: str) -> str:
    """*document* with the rules of its style sheets in its elements' attributes, and without empty lines.

    Style sheets marked ``data-premailer="ignore"``, which hold media queries, stay as they are.
    """
    whole: str = Premailer(
        document,
        disable_validation=True,
        disable_leftover_css=True,
        disable_basic_attributes=["width", "height"],
        align_floating_images=False,
        allow_network=False,
        strip_important=False,
        cssutils_logging_level=logging.CRITICAL,
    ).transform(pretty_print=False)
    # libxml2 does not know that wbr has no end.
    return _INDENT.sub("\n", whole.replace("</wbr>", ""))
