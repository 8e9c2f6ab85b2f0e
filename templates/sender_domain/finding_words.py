"""What a finding about a sender's domain says by its kind: how bad it is, what is wrong and why, and what to do."""

from __future__ import annotations

from typing import Final

from models.sender_domain.domain_finding import DomainFinding, Grade
from models.store.language import Language

from .domain_words import DOMAIN_WORDS
from .letter_words import LETTER_WORDS
from .server_words import SERVER_WORDS
from .words_of_kind import WordsOfKind

WORDS: Final[dict[str, WordsOfKind]] = {**DOMAIN_WORDS, **SERVER_WORDS, **LETTER_WORDS}


def part(found: DomainFinding, language: Language) -> str:
    """What it is about, in a word or two."""
    return WORDS[found.kind].part.say(language)


def grade(found: DomainFinding) -> Grade:
    """How bad it is."""
    return WORDS[found.kind].grade


def message(found: DomainFinding, language: Language) -> str:
    """What is wrong, and why it matters."""
    return WORDS[found.kind].message.filled(**found.values).say(language)


def remedy(found: DomainFinding, language: Language) -> str:
    """What to do; empty where all is well."""
    words = WORDS[found.kind].remedy
    return words.filled(**found.values).say(language) if words else ""
