"""Sentences that are put into a language when the reader's is known: errors, findings, names of parts.

The words in code are English. The catalogues of other languages belong to :mod:`templates.translations`, which gives
them to this module when it is imported; before that, and in English, a sentence says its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .language import LANGUAGES, Language

Lookup = Callable[[str, Language], str]
"""Gives a message of the code in a language; the message itself where there is no translation."""

_lookup: list[Lookup] = []


def use_catalogues(lookup: Lookup) -> None:
    """Take translations from *lookup* from now on."""
    _lookup[:] = [lookup]


def translated(message: str, language: Language) -> str:
    """*message* of the code in *language*, its places not filled."""
    return _lookup[0](message, language) if _lookup else message


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence that is put into a language when that is known: the English of a catalogue, with ``{name}`` to fill.

    Values may be phrases, too. The same braces that :meth:`str.format` knows stand for themselves when doubled.
    """

    message: str
    values: tuple[tuple[str, object], ...] = ()

    def filled(self, **values: object) -> Phrase:
        """The same sentence with *values* in its places."""
        return Phrase(self.message, tuple(values.items()))

    def say(self, language: Language) -> str:
        """The sentence in *language*."""
        values = {name: said(one, language) for name, one in self.values}
        return translated(self.message, language).format(**values)

    def is_said_in(self, text: str) -> bool:
        """Whether *text* is this sentence, in whatever language and with whatever values."""
        for language in LANGUAGES:
            between = map(re.escape, re.split(r"\{\w+\}", translated(self.message, language)))
            if re.fullmatch(".+".join(between), text):
                return True
        return False

    def __str__(self) -> str:
        return self.say("en")


def phrase(message: str, **values: object) -> Phrase:
    """*message* as a :class:`Phrase`; catalogues hold every message that is given here as it stands."""
    return Phrase(message, tuple(values.items()))


def joined(parts: Iterable[str | Phrase], separator: str) -> Phrase:
    """Several sentences or names as one, *separator* between them."""
    listed = list(parts)
    message = separator.join(f"{{p{at}}}" for at in range(len(listed)))
    return Phrase(message, tuple((f"p{at}", part) for at, part in enumerate(listed)))


def said(value: object, language: Language) -> object:
    """*value* for a place in a sentence: phrases and errors in *language*, anything else as it is."""
    say = getattr(value, "say", None)
    return say(language) if callable(say) else value
