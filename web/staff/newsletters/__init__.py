"""A newsletter's own pages, one for each concern, and those of lanes and relays, which all newsletters share."""

from __future__ import annotations

from . import (
    choice_rows,
    domain_page,
    lane_pages,
    look,
    newsletter_files,
    newsletter_list,
    relay_pages,
    route_pages,
    settings_form,
    signing_pages,
    value_rows,
)

__all__ = [
    "choice_rows",
    "domain_page",
    "lane_pages",
    "look",
    "newsletter_files",
    "newsletter_list",
    "relay_pages",
    "route_pages",
    "settings_form",
    "signing_pages",
    "value_rows",
]
