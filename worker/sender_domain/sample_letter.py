"""An issue's letter as a reader would get it, signed, to nobody: with tokens that lead to no reader."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.store.clock import now
from templates.content import compose
from templates.content.variant import Variant
from templates.message import mime, stamp
from templates.render import edition

from ..sending import dkim_keys
from ..sending.letter_maker import signed

_NOBODY = stamp.Reader(0, "reader@example.jp")


def write(session: Session, issue: Issue) -> bytes:
    """The letter, as it goes over the wire.

    Raises:
        Invalid: it cannot be rendered, or a key cannot be read.
    """
    letter = compose.compose(session, issue, Variant.of_reader(issue, "", ()))
    values = stamp.slot_values(_NOBODY, issue.id, mime.date_value(now()))
    return signed(mime.write(edition.render(letter).message, values), dkim_keys.signer(issue.newsletter))
