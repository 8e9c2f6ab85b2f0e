"""An issue on its way: how far it is, live, its single letters, and what staff do about them."""

from __future__ import annotations

from . import letters, progress

__all__ = ["letters", "progress"]
