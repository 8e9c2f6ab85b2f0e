"""The colours of a newsletter's look for its pages, as a small style sheet behind the site's own."""

from __future__ import annotations

import re

from flask import Response

from models.issues import newsletter as newsletters
from templates.content.letter import Theme

from ..request import session
from .blueprint import blueprint

MAX_AGE = 60
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Dark screens keep the site's own colours: a look is checked for contrast on light ground alone.
_CSS = """\
@media not (prefers-color-scheme: dark) {{
  :root {{
    --primary: {primary};
    --primary-dark: color-mix(in srgb, {primary} 80%, #000000);
    --on-primary: {on_primary};
    --link: {link};
    --note-background: color-mix(in srgb, {primary} 8%, #ffffff);
  }}
}}
"""


@blueprint.get("/look/<slug>.css")
def stylesheet(slug: str) -> Response:
    """The style sheet; what is no colour in a look keeps its default."""
    kept = newsletters.find(session(), slug).look
    defaults = Theme()
    colours = {name: str(kept.get(name, "")) for name in ("primary", "on_primary", "link")}
    colours = {
        name: colour if _COLOUR.fullmatch(colour) else str(getattr(defaults, name)) for name, colour in colours.items()
    }
    response = Response(_CSS.format(**colours), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    return response
