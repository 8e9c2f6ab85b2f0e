"""A newsletter's own pages, one for each concern, and those of lanes and relays, which all newsletters share."""

from __future__ import annotations

from . import choice_rows, look, newsletter_list, settings_form, value_rows

__all__ = ["choice_rows", "look", "newsletter_list", "settings_form", "value_rows"]
