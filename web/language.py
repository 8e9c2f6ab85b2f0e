"""In which language a page speaks: as ``?lang=`` asks, else as the person of the staff has chosen, else as the browser
prefers, else the installation's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, Response, request
from flask import session as cookie
from flask_babel import Babel, Domain, get_locale, gettext

import settings
from models.store.language import LANGUAGES, Language, known
from templates import translations

NAMES: dict[Language, str] = {"ja": "日本語", "en": "English"}


class _Translations(Domain):  # type: ignore[misc]
    """Flask-Babel's words, taken from our catalogues, which are compiled in memory."""

    def get_translations(self) -> NullTranslations:
        return translations.merged(language(), (request.blueprint if request else None) or "public")


class _Babel(Babel):  # type: ignore[misc]
    """Flask-Babel with our words."""

    @property
    def domain_instance(self) -> Domain:
        return _Translations()


def _(message: str, **values: object) -> str:
    """*message* in the language of the page, with ``%(name)s`` filled from *values*."""
    return str(gettext(message, **values))


def language() -> Language:
    """The language of the page that is being made."""
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "ja"


def of_each_language(table: Callable[[], dict[str, str]]) -> Callable[[], dict[str, str]]:
    """*table* as a function that makes it once for each language, however often it is asked for."""

    @cache
    def made(_language: Language) -> dict[str, str]:
        return table()

    return lambda: made(language())


def requested() -> Language | None:
    """The language that the address asks for, if it asks."""
    # Asked for each link of a page, and to get what is not there makes an exception.
    return known(request.args["lang"]) if "lang" in request.args else None


def remember_own(wanted: str) -> None:
    """Let staff's pages speak *wanted* in this browser from now on; empty leaves it to the browser."""
    cookie["language"] = wanted


def _own() -> Language | None:
    # Readers' pages never ask: they are the same for everybody, and whoever stores them may do so.
    return known(cookie.get("language")) if request.blueprint == "staff" else None


def _select() -> Language:
    preferred = known(request.accept_languages.best_match(LANGUAGES))
    return requested() or _own() or preferred or settings.get().default_language


def _carry_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry ``?lang=`` from page to page, so that a choice of language needs no cookie."""
    if request and endpoint != "static" and "lang" not in values and (wanted := requested()):
        values["lang"] = wanted


def _vary(response: Response) -> Response:
    response.headers.setdefault("Content-Language", language())
    response.vary.add("Accept-Language")
    return response


def init_app(app: Flask) -> None:
    """Teach *app* its languages."""
    _Babel(app, locale_selector=_select, default_timezone="Asia/Tokyo")
    app.url_defaults(_carry_language)
    app.after_request(_vary)
    app.jinja_env.globals.update(language=language, languages=NAMES)
