"""Pages for readers: sign-up, preferences, leaving, the archive. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import (
    archive,
    confirm,
    home,
    mailed_links,
    preferences,
    ranking,
    signup,
    sitemap,
    theme_css,
    unsubscribe,
    web_view,
)
from .blueprint import blueprint

__all__ = [
    "archive",
    "blueprint",
    "confirm",
    "home",
    "mailed_links",
    "preferences",
    "ranking",
    "signup",
    "sitemap",
    "theme_css",
    "unsubscribe",
    "web_view",
]
