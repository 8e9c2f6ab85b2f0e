"""Lists of readers in and out: a newsletter's imports and exports."""

from __future__ import annotations

from . import export_pages, import_pages, import_steps_pages

__all__ = ["export_pages", "import_pages", "import_steps_pages"]
