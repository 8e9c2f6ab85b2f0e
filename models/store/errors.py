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


class KairanError(Exception):
    """Base of every error that Kairan raises on purpose. Its text is meant for people."""


class Invalid(KairanError):
    """The input cannot be taken.

    Arguments:
        message: what is wrong and what to do.
        field: the name of the form field or key that is wrong, where there is one.
        file, line: where in a file it is wrong, the line counted from 1.
    """

    def __init__(self, message: str, *, field: str = "", file: str = "", line: int = 0) -> None:
        self.field, self.file, self.line = field, file, line
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)


class NotFound(KairanError):
    """There is no such thing, or none that may be shown."""


class WrongState(KairanError):
    """The thing is not in a state that allows this.

    Arguments:
        thing: what it is, as a person would name it.
        state: the state that it is in.
        wanted: what was tried.
    """

    def __init__(self, thing: str, state: str, wanted: str) -> None:
        self.thing, self.state, self.wanted = thing, state, wanted
        super().__init__(f"{thing} is {state}: cannot {wanted}")


class Forbidden(KairanError):
    """This person may not do this."""


class Unavailable(KairanError):
    """A part that Kairan stands on (database, broker, relay) does not answer."""
