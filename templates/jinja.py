"""The Jinja set-up of letters and archive pages: strict, escaping, with the white space of our templates.

Pages of the site have Flask's environment, with the same :data:`WHITE_SPACE`. Staff's own templates never come here;
they run in the sandbox of :mod:`templates.content.merge_tags`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from models.store.language import Language

from .translations import merged

EMAIL = Path(__file__).with_name("email")
WEB = Path(__file__).with_name("web")
WHITE_SPACE = {"trim_blocks": True, "lstrip_blocks": True}
"""A line that holds nothing but a tag of Jinja leaves nothing behind."""


@cache
def environment(folder: Path, *, escape: bool = True, language: Language | None = None) -> Environment:
    """The environment for the templates of *folder*, made once: a name that a template misspells is an error.

    Arguments:
        folder: where the templates are.
        escape: whether every value is escaped; False for plain text, which is escaped where it becomes HTML.
        language: what ``{% trans %}`` translates to; None where the templates have none.
    """
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=escape,  # noqa: S701 (False is for plain text)
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=WHITE_SPACE["trim_blocks"],
        lstrip_blocks=WHITE_SPACE["lstrip_blocks"],
        extensions=["jinja2.ext.i18n"] if language else (),
    )
    if language:
        catalogue = merged(language, "letters_transactional")
        made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    return made


@cache
def template(name: str) -> Template:
    """The template ``templates/email/NAME``, compiled once."""
    return environment(EMAIL).get_template(name)
