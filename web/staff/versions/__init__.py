"""Versions of issues and articles: listed, compared, brought back."""

from __future__ import annotations

from . import article_versions, issue_versions

__all__ = ["article_versions", "issue_versions"]
