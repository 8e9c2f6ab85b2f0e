"""Newsletters to YAML files, as :mod:`.import_newsletter` reads them: to keep, to change, or to move elsewhere."""

from __future__ import annotations

from typing import Any

from ...issues.newsletter import DKIM_PARTS, Newsletter
from .. import front_matter
from . import route_file
from .import_newsletter import DATA, LINES, SWITCHES, TEXTS


def newsletter_file(newsletter: Newsletter) -> str:
    """A file that makes *newsletter* what it is now, wherever it is imported, ending in a line end.

    It names every key, the empty ones too, so that importing it over another state leaves nothing of that. It holds no
    secret: of a key to sign with, only where its file lies.
    """
    values: dict[str, Any] = {"slug": newsletter.slug, "language": newsletter.language}
    values |= {name: getattr(newsletter, name) for name in (*LINES, *TEXTS)}
    values |= {name: "yes" if getattr(newsletter, name) else "no" for name in SWITCHES}
    values |= {"tracking": newsletter.tracking.value, "approvals_needed": newsletter.approvals_needed}
    values[route_file.KEY] = route_file.to_file(newsletter)
    values |= {name: getattr(newsletter, name) for name in DATA}
    values["dkim"] = [{part: key[part] for part in DKIM_PARTS} for key in newsletter.dkim if _names_a_key(key)]
    values |= {name: {row.slug: row.name for row in getattr(newsletter, name)} for name in ("topics", "audiences")}
    return front_matter.dump(values)


def _names_a_key(entry: object) -> bool:
    return isinstance(entry, dict) and set(DKIM_PARTS) <= set(entry)
