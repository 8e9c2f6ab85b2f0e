"""What sending services tell about letters: each hook proves who speaks, keeps what is said, and answers at once."""

from __future__ import annotations

from . import hook_pages
from .blueprint import blueprint

__all__ = ["blueprint", "hook_pages"]
