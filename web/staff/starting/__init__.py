"""Beginning an issue: empty, from an earlier one, a template, a ranking, or a feed."""

from __future__ import annotations

from . import feed_review, issue_templates, new_issue

__all__ = ["feed_review", "issue_templates", "new_issue"]
