"""Reading the letters that the catching SMTP server holds, as a person would."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.servers import SmtpCatcher

PATIENCE = 30.0


def letter_about(catcher: SmtpCatcher, address: str, subject: str) -> EmailMessage:
    """The last letter to an address whose subject has these words, once there is one.

    Raises:
        AssertionError: it does not come within half a minute.
    """
    until, found = time.monotonic() + PATIENCE, list[EmailMessage]()
    while time.monotonic() < until:
        letters = [caught.content for caught in catcher.letters if caught.recipients == (address,)]
        found = [message_from_bytes(one, policy=policy.default) for one in letters]
        for letter in reversed(found):
            if subject in str(letter["Subject"]):
                return letter
        time.sleep(0.05)
    raise AssertionError(f"no letter about {subject} to {address}: {[str(one['Subject']) for one in found]}")


def letter_to(catcher: SmtpCatcher, address: str, *, count: int = 1) -> EmailMessage:
    """The *count*-th letter to an address, once it has come.

    Raises:
        AssertionError: it does not come within half a minute.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = [caught for caught in catcher.letters if caught.recipients == (address,)]
        if len(found) >= count:
            message = message_from_bytes(found[count - 1].content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            return message
        time.sleep(0.05)
    raise AssertionError(f"no letter {count} to {address}; there are {len(catcher.letters)} letters")


def text_of(letter: EmailMessage) -> str:
    """The text part."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """The first address in the text part whose path begins with *path*."""
    match = re.search(rf"https?://[^/\s]+{re.escape(path)}\S*", text_of(letter))
    assert match is not None, text_of(letter)
    return match.group()
