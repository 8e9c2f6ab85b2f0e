"""The author of :mod:`tests.web.staff.articles.conftest`."""

from __future__ import annotations

from tests.web.staff.articles.conftest import app, author

__all__ = ["app", "author"]
