"""Translations: the catalogues below ``templates/locale``, read and compiled when they are first needed.

The words in code and templates are English. ``locale/LANGUAGE/DOMAIN.po`` has them in another language; each area of
the screens (a blueprint) has a domain of its own, whose words win on its pages. No compiled catalogue is kept
anywhere, so none can be stale.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from models.store.language import Language
from models.store.phrase import Phrase, phrase, use_catalogues

__all__ = ["DOMAIN", "FOLDER", "Phrase", "merged", "paths", "phrase"]

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "preflight"
"""The catalogue of phrases."""


def paths(language: str) -> list[Path]:
    """The catalogues that *language* has, one a domain, in a fixed order."""
    return sorted((FOLDER / language).glob("*.po"))


@cache
def merged(language: str, preferred: str = "") -> NullTranslations:
    """All catalogues of *language* as one; the English words themselves where it has none.

    Messages that are marked as fuzzy are left out.

    Arguments:
        preferred: the domain whose words win where several have the same.
    """
    ordered = sorted(paths(language), key=lambda path: path.stem == preferred)
    first, *others = [_compiled(path) for path in ordered] or [NullTranslations()]
    for other in others:
        assert isinstance(first, Translations)
        assert isinstance(other, Translations)
        first.merge(other)
    return first


def _compiled(path: Path) -> NullTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.name, domain=path.stem)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=path.stem)


def _in_catalogues(message: str, language: Language) -> str:
    return str(merged(language, DOMAIN).gettext(message)) if message else ""


use_catalogues(_in_catalogues)
