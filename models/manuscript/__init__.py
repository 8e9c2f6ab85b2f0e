"""Manuscripts: issues and articles as Markdown files with front matter. ``docs/manuscript.md`` tells the format."""

from .manuscript import Manuscript, of_issue, parse, write
from .parse_context import LoadImage, Reference
from .writer import NameImage

__all__ = ["LoadImage", "Manuscript", "NameImage", "Reference", "of_issue", "parse", "write"]
