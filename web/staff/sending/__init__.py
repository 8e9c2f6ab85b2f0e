"""An issue on its way: how far it is, live, its single letters, and what staff do about them."""

from __future__ import annotations

from . import letter_pages, progress

__all__ = ["letter_pages", "progress"]
