"""What a link may do: one table, which the pages ask and which docs/reader-links.md shows.

Letters are passed on with their links, so a link of a letter never shows or changes who its reader is. What it may not
do itself needs the mailbox once more: a fresh link, sent there.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple

from .subscriber import Subscriber


class ReaderLinkKind(enum.Enum):
    """Links that readers have. The value is what the table in the documents calls it."""

    UNSUBSCRIBE = "unsubscribe link"
    LETTER = "letter's link"
    OLD_LETTER = "letter's link, later"
    MAILBOX = "fresh link"
    SIGN_UP = "sign-up link"
    NEW_ADDRESS = "new address link"
    UNDO = "undo link"
    COPY = "copy link"
    ERASURE = "erasure link"


class LinkAction(enum.Enum):
    """What readers do. The value is what the table in the documents calls it."""

    LEAVE = "leave"
    CHOOSE = "choose topics, audience, language, tracking"
    ASK_LINK = "have a fresh link sent"
    SEE_DETAILS = "see name and details"
    CHANGE_DETAILS = "change name and details"
    ASK_ADDRESS = "ask for a new address"
    TAKE_ADDRESS = "take over a new address"
    UNDO_ADDRESS = "undo a new address"
    ASK_COPY = "have a copy link sent"
    FETCH_COPY = "fetch the copy"
    ASK_ERASURE = "have an erasure link sent"
    ERASE = "erase"
    SUBSCRIBE = "subscribe"


class LinkRight(enum.Enum):
    """Whether a link may do something."""

    ALLOWED = "allowed"
    MAILBOX = "needs the mailbox"
    NEVER = "never"


UNTIL: dict[ReaderLinkKind, str] = {
    ReaderLinkKind.UNSUBSCRIBE: "for ever",
    ReaderLinkKind.LETTER: "`LETTER_LINK_DAYS` (90) after the letter",
    ReaderLinkKind.OLD_LETTER: "for ever",
    ReaderLinkKind.MAILBOX: "1 day; then as a letter's link, later",
    ReaderLinkKind.SIGN_UP: "`CONFIRM_DAYS` (7), once",
    ReaderLinkKind.NEW_ADDRESS: "`CONFIRM_DAYS` (7), once",
    ReaderLinkKind.UNDO: "`ADDRESS_UNDO_DAYS` (14), once",
    ReaderLinkKind.COPY: "1 day",
    ReaderLinkKind.ERASURE: "1 day, once",
}
"""How long each works."""

_A, _M = LinkRight.ALLOWED, LinkRight.MAILBOX
_PAGE = {
    LinkAction.LEAVE: _A,
    LinkAction.CHOOSE: _A,
    LinkAction.ASK_LINK: _A,
    LinkAction.SEE_DETAILS: _M,
    LinkAction.CHANGE_DETAILS: _M,
    LinkAction.ASK_ADDRESS: _A,
    LinkAction.ASK_COPY: _A,
    LinkAction.ASK_ERASURE: _A,
}
_ALWAYS = frozenset({LinkAction.LEAVE, LinkAction.ASK_LINK})

RIGHTS: dict[ReaderLinkKind, dict[LinkAction, LinkRight]] = {
    ReaderLinkKind.UNSUBSCRIBE: {LinkAction.LEAVE: _A},
    ReaderLinkKind.LETTER: _PAGE,
    ReaderLinkKind.OLD_LETTER: {action: _A if action in _ALWAYS else _M for action in _PAGE},
    ReaderLinkKind.MAILBOX: dict.fromkeys(_PAGE, _A),
    ReaderLinkKind.SIGN_UP: {LinkAction.SUBSCRIBE: _A},
    ReaderLinkKind.NEW_ADDRESS: {LinkAction.TAKE_ADDRESS: _A},
    ReaderLinkKind.UNDO: {LinkAction.UNDO_ADDRESS: _A},
    ReaderLinkKind.COPY: {LinkAction.FETCH_COPY: _A},
    ReaderLinkKind.ERASURE: {LinkAction.ERASE: _A},
}
"""What is not here is never allowed."""

HELD = frozenset(
    {
        LinkAction.SEE_DETAILS,
        LinkAction.CHANGE_DETAILS,
        LinkAction.ASK_ADDRESS,
        LinkAction.TAKE_ADDRESS,
        LinkAction.ASK_COPY,
        LinkAction.FETCH_COPY,
        LinkAction.ASK_ERASURE,
        LinkAction.ERASE,
    }
)
"""What has to wait while a change of address can still be undone: the new mailbox may be a stranger's."""


class ReaderLink(NamedTuple):
    """A link that was opened."""

    kind: ReaderLinkKind
    reader: Subscriber
    newsletter_id: int | None
    """The newsletter that it is about; None for all of the reader's."""
    held_until: datetime | None
    """Until when a change of address can be undone; None where there is none."""

    def right(self, action: LinkAction) -> LinkRight:
        """Whether the link may do this, but for :meth:`is_held`."""
        return right(self.kind, action)

    def is_held(self, action: LinkAction) -> bool:
        """Whether it has to wait until a change of address cannot be undone any more."""
        return self.held_until is not None and action in HELD

    def may(self, action: LinkAction) -> bool:
        """Whether the link may do this now."""
        return self.right(action) is LinkRight.ALLOWED and not self.is_held(action)


def right(kind: ReaderLinkKind, action: LinkAction) -> LinkRight:
    """Whether a kind of link may do something."""
    return RIGHTS[kind].get(action, LinkRight.NEVER)
