"""Pages for readers: sign-up, preferences, leaving, the archive. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import home
from .room import blueprint

__all__ = ["blueprint", "home"]
