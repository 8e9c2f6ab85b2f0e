"""What the frame around every page shows: the way home, the navigation, the same page in another language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, request, url_for

from models.issues.newsletter import Audience, Newsletter, Topic
from templates.render.block_view import contact_address
from templates.typography.phrase_breaks import phrases

from .language import _


class NavigationItem(NamedTuple):
    """One entry of the navigation."""

    label: str
    address: str
    here: bool


def newsletter_home(newsletter: Newsletter | None = None) -> str:
    """Where the name at the top of a page leads: the archive, where there is one."""
    if not newsletter:  # none, or a template that knows of none
        return url_for("public.home")
    if newsletter.public_archive:
        return url_for("public.issues", slug=newsletter.slug)
    return url_for("public.subscribe", slug=newsletter.slug)


def navigation(newsletter: Newsletter) -> list[NavigationItem]:
    """The main pages of a newsletter."""
    items: list[NavigationItem] = []
    if newsletter.public_archive:
        items.append(_item(_("Back issues"), "public.issues", newsletter, ("issue", "article", "topic", "ranking")))
        items.append(_item(_("Search"), "public.search", newsletter))
    if newsletter.open_to_signup:
        items.append(_item(_("Subscribe"), "public.subscribe", newsletter, ("take_signup", "signup_sent")))
    if newsletter.contact:
        items.append(NavigationItem(_("Contact"), contact_address(newsletter.contact) or "#contact", here=False))
    return items


def _item(label: str, endpoint: str, newsletter: Newsletter, below: tuple[str, ...] = ()) -> NavigationItem:
    here = request.endpoint in (endpoint, *(f"public.{name}" for name in below))
    return NavigationItem(label, url_for(endpoint, slug=newsletter.slug), here)


def options(named: Iterable[Topic | Audience | Newsletter]) -> list[tuple[str, str]]:
    """Slug and name of each, for check boxes and radio buttons."""
    return [(one.slug, one.name) for one in named]


def in_language(code: str) -> str:
    """The present page in another language: its query alone, so that no crafted path can lead elsewhere."""
    return "?" + urlencode([*((name, value) for name, value in request.args.items(multi=True) if name != "lang"),
                            ("lang", code)])  # fmt: skip


def with_query(**values: object) -> str:
    """The present page with other values in its query."""
    query = {**request.args.to_dict(), **{name: str(value) for name, value in values.items()}}
    return "?" + urlencode(query)


def init_app(app: Flask) -> None:
    """Let templates of *app* ask for these."""
    app.jinja_env.filters.update(options=options, phrases=phrases)
    app.jinja_env.globals.update(
        newsletter_home=newsletter_home, navigation=navigation, in_language=in_language, with_query=with_query
    )
