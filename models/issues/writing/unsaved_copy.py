"""An issue that no session knows of, for looking at what is not saved."""

from __future__ import annotations

from sqlalchemy import inspect

from ..issue import Issue

_WORKED_OUT = {"words", "grams", "article_slugs"}


def unsaved_copy(issue: Issue) -> Issue:
    """An issue with the same values, in no session: nothing that is done to it is ever stored."""
    names = {column.key for column in inspect(Issue).column_attrs} - _WORKED_OUT
    copy = Issue(**{name: getattr(issue, name) for name in names})
    copy.newsletter = issue.newsletter
    return copy
