"""In which language the command line speaks: the environment's, as for other programs; else the installation's own."""

from __future__ import annotations

import os

import templates.translations  # noqa: F401  (importing it gives phrases their catalogues)
from models.store.language import LANGUAGES, Language, known
from models.store.phrase import Phrase

_NO_LANGUAGE = frozenset({"", "C", "POSIX"})


def language() -> Language:
    """The language of messages, as GNU gettext finds it: LANGUAGE, LC_ALL, LC_MESSAGES, LANG; English for any other.

    Where the environment names none (``C``, as in containers), it is DEFAULT_LANGUAGE.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(name, "").partition(".")[0]
        if wanted not in _NO_LANGUAGE:
            codes = [known(one.partition("_")[0]) for one in wanted.split(":")]
            return next(filter(None, codes), "en")
    default = os.environ.get("DEFAULT_LANGUAGE", "")  # not by the settings, one of which may be what is wrong
    return known(default) or LANGUAGES[0]


def say(words: Phrase) -> str:
    """*words* in that language."""
    return words.say(language())
