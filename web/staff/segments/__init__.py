"""Who gets an issue, by a form, and the segments that a newsletter saves."""

from __future__ import annotations

from . import readers_page, segment_pages

__all__ = ["readers_page", "segment_pages"]
