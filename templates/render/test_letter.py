"""A test letter: an issue as a kind of reader gets it, by the code of the real letter, and nobody's own copy.

Its links lead straight where they lead, it has no picture that counts, and where a reader's letter has a token there
is the address of a page that says what would be there. So no click in it can be taken for anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.issues import issue_state
from models.issues.issue import Issue
from models.store import token
from models.store.token import Purpose

from ..content import compose
from ..content.letter import Letter
from ..content.slot import Slot
from ..content.variant import Variant
from ..message import mime, stamp
from ..message.mime import StampedLetter
from . import edition


def compose_test(session: Session, issue: Issue, audience: str = "", topics: Sequence[str] = ()) -> Letter:
    """The letter that a test carries.

    Arguments:
        audience, topics: slugs that say for which kind of reader it is.
    """
    letter = compose.compose(session, issue, Variant.of_reader(issue, audience, topics))
    if letter.archive_url and issue.state not in issue_state.SENT_STATES:  # its page is there once it is out
        letter = replace(letter, archive_url=f"{letter.base_url.rstrip('/')}/test-letter")
    return replace(letter, tracking="off", is_test=True)


def write(letter: Letter, *, to: str, number: int, moment: datetime) -> StampedLetter:
    """The test letter *letter* for one address.

    Arguments:
        letter: of :func:`compose_test`.
        to: where it goes.
        number: of the letter in the outbox; its Message-ID is made from it, so that no mail program takes the second
            test for a copy of the first.
        moment: Date of the letter.

    Raises:
        Invalid: it cannot be rendered, or something in a header cannot stand there.
    """
    values = stamp.slot_values(stamp.Reader(0, to), 0, mime.date_value(moment))

    def value_of(slot: Slot) -> str:
        return token.make(Purpose.MESSAGE, 0, number) if slot == mime.MESSAGE_ID else values(slot)

    return mime.write(edition.render(letter).message, value_of)
