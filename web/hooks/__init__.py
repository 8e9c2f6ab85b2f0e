"""What sending services tell about letters: each hook proves who speaks, keeps what is said, and answers at once."""

from __future__ import annotations

from .hook_pages import blueprint

__all__ = ["blueprint"]
