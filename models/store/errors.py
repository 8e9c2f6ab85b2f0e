"""What can go wrong, as types. The edge (a page, a task, a command) turns them into words.

::

    KairanError
    ├── Invalid        the input cannot be taken; says what to change
    ├── NotFound       there is no such thing
    ├── WrongState     the thing is not in a state that allows this
    ├── Forbidden      this person may not do this
    └── Unavailable    a part that we stand on does not answer; trying again later helps
"""

from __future__ import annotations

from .language import Language
from .phrase import Phrase, joined, phrase, translated


class KairanError(Exception):
    """Base of every error that Kairan raises on purpose. Its text is meant for people.

    Arguments:
        message: what is wrong and what to do: the English of a catalogue, or a phrase that names something.
    """

    def __init__(self, message: str | Phrase = "") -> None:
        self.message = message
        super().__init__(f"{self.where}{message}")

    @property
    def where(self) -> str:
        """File and line where it is wrong, before the message; empty where there is none."""
        return ""

    @property
    def phrase(self) -> Phrase:
        """The text, to be said in any language."""
        if isinstance(self.message, str) and "{" in self.message:  # braces of a manuscript, and no places to fill
            return joined([self.where, translated(self.message, "en")], "")
        words = self.message if isinstance(self.message, Phrase) else Phrase(self.message)
        return joined([self.where, words], "") if self.where else words

    def say(self, language: Language) -> str:
        """The text in *language*."""
        if isinstance(self.message, str):
            return self.where + translated(self.message, language)
        return self.where + self.message.say(language)


class Invalid(KairanError):
    """The input cannot be taken.

    Arguments:
        message: what is wrong and what to do.
        field: the name of the form field or key that is wrong, where there is one.
        file, line: where in a file it is wrong, the line counted from 1.
    """

    def __init__(self, message: str | Phrase, *, field: str = "", file: str = "", line: int = 0) -> None:
        self.field, self.file, self.line = field, file, line
        super().__init__(message)

    @property
    def where(self) -> str:
        """File and line where it is wrong, before the message; empty where there is none."""
        return f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""


class NotFound(KairanError):
    """There is no such thing, or none that may be shown."""


class WrongState(KairanError):
    """The thing is not in a state that allows this.

    Arguments:
        thing: what it is, as a person would name it.
        state: the state that it is in.
        wanted: what was tried: a verb and what belongs to it.
        first: what to do first, or instead: a whole sentence without its full stop; empty where there is nothing.
    """

    def __init__(self, thing: str | Phrase, state: Phrase, wanted: Phrase, first: Phrase | None = None) -> None:
        self.thing, self.state, self.wanted, self.first = thing, state, wanted, first
        said = phrase("{thing} is {state}: cannot {wanted}", thing=thing, state=state, wanted=wanted)
        super().__init__(phrase("{refusal}. {first}", refusal=said, first=first) if first else said)


class Forbidden(KairanError):
    """This person may not do this."""


class Unavailable(KairanError):
    """A part that Kairan stands on (database, broker, relay) does not answer."""
