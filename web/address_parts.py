"""The parts of a web address that a stranger wrote, into a header or a query."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split(written: str) -> SplitResult | None:
    """The parts of *written* (RFC 3986, 3); None where it is no address, such as ``http://[``."""
    try:
        return urlsplit(written)
    except ValueError:
        return None
