"""The Jinja set-up of letters: strict, escaping, and with the files of ``templates/email``.

Staff's own templates never come here; they run in the sandbox of :mod:`templates.content.merge_tags`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).with_name("email")


@cache
def environment() -> Environment:
    """The environment, made once: a name that a template misspells is an error, and every value is escaped."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def template(name: str) -> Template:
    """The template ``templates/email/NAME``, compiled once."""
    return environment().get_template(name)
