"""Articles in the browser: found, written, deleted."""

from __future__ import annotations

from . import article_editor, article_pages

__all__ = ["article_editor", "article_pages"]
