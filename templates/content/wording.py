"""The words that letters say by themselves: English here, Japanese in the catalogue ``letters``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from models.store.language import Language

from ..translations import merged
from .calendar_words import date_in_words


@dataclass(frozen=True, slots=True)
class Wording:
    """Every phrase of a letter in one language. Functions take what stands in the phrase."""

    skip: str
    view_online: str
    issue_number: Callable[[int], str]
    date: Callable[[date], str]
    correction: str
    place: Callable[[int], str]
    last_place: Callable[[int], str]
    first_time: str
    readers: Callable[[int], str]
    news: str
    notice: str
    figure: str
    open_picture: str
    table: str
    source: Callable[[str], str]
    products: str
    topics: str
    search: str
    search_link: str
    search_button: str
    signup: str
    signup_button: Callable[[str], str]
    published: Callable[[str], str]
    unavailable: str
    about: str
    why: Callable[[str], str]
    why_single: Callable[[str], str]
    """The same of a letter that belongs to no issue."""
    sender: str
    postal_address: str
    contact: str
    unsubscribe: str
    preferences: str
    archive: str
    this_issue: str
    colon: str
    """Between a label and what it labels."""


@cache
def wording(language: Language) -> Wording:
    """The words of *language*."""
    catalogue = merged(language, "letters")
    _ = catalogue.gettext
    return Wording(
        skip=_("Skip to the content"),
        view_online=_("View in a browser"),
        issue_number=lambda number: _("Issue {number}").format(number=number),
        date=lambda day: date_in_words(day, language),
        correction=_("Correction"),
        place=lambda place: _("No. {place}").format(place=place),
        last_place=lambda place: _("previously No. {place}").format(place=place),
        first_time=_("new entry"),
        readers=lambda count: catalogue.ngettext("{count} reader", "{count} readers", count).format(count=f"{count:,}"),
        news=_("What is new"),
        notice=_("Please note"),
        figure=_("Figure"),
        open_picture=_("Open the picture"),
        table=_("Table"),
        source=lambda source: _("Source: {source}").format(source=source),
        products=_("Related products and services"),
        topics=_("Browse by topic"),
        search=_("Find past issues"),
        search_link=_("Search past issues"),
        search_button=_("Search"),
        signup=_("Was this letter passed on to you?"),
        signup_button=lambda newsletter: _("Subscribe to {newsletter}").format(newsletter=newsletter),
        published=lambda date: _("Published {date}").format(date=date),
        unavailable=_("This part is not available any more."),
        about=_("About this letter"),
        why=lambda newsletter: _("You receive this letter because you subscribed to {newsletter}.").format(
            newsletter=newsletter
        ),
        why_single=lambda newsletter: _(
            "This letter is about your dealings with {newsletter}, and was written by a program."
        ).format(newsletter=newsletter),
        sender=_("Sender"),
        postal_address=_("Address"),
        contact=_("Contact"),
        unsubscribe=_("Unsubscribe"),
        preferences=_("Change your details"),
        archive=_("Browse past issues"),
        this_issue=_("On the web"),
        colon=": ",
    )
