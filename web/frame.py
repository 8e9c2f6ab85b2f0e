"""What the frame around every page shows: the way home, the navigation, the same page in another language."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, request, url_for

from models.issues.newsletter import Newsletter


class Item(NamedTuple):
    """One entry of the navigation."""

    label: str
    address: str
    here: bool


def newsletter_home(newsletter: Newsletter | None = None) -> str:
    """Where the name at the top of a page leads."""
    return url_for("public.home")


def navigation(newsletter: Newsletter) -> list[Item]:
    """The main pages of a newsletter."""
    return []


def in_language(code: str) -> str:
    """The present page in another language: its query alone, so that no crafted path can lead elsewhere."""
    return "?" + urlencode([*((name, value) for name, value in request.args.items(multi=True) if name != "lang"),
                            ("lang", code)])  # fmt: skip


def prepare(app: Flask) -> None:
    """Let templates of *app* ask for these."""
    app.jinja_env.globals.update(newsletter_home=newsletter_home, navigation=navigation, in_language=in_language)
