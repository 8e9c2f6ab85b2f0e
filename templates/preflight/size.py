"""How much a letter weighs: its HTML, its subject, its pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.deliveries.relays.relay_limit import RelayLimit
from models.issues.block import Figure
from models.store import token

from ..content.letter import Letter
from ..content.slot import TokenSlot
from ..message.freeze import freeze
from ..render.edition import Rendered
from .finding import HTML_PART, LETTER, PREHEADER, SUBJECT, Finding, error, warning
from .passages import every_block

GMAIL_LIMIT = 102_400
"""Bytes of HTML after which Gmail clips a letter."""
SUBJECT_LIMIT = {"ja": 40, "en": 80}
SIGNATURE = 1024
"""Bytes at most of one DKIM signature, which is added when a letter is sent."""
IMAGE_LIMIT = 500 * 1024
IMAGES_LIMIT = 2 * 1024 * 1024


def check(letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """HTML that Gmail would clip, subjects that lists cut, pictures that are slow or that gateways refuse."""
    size = html_size(rendered)
    if size > GMAIL_LIMIT:
        yield error("size.clipped", HTML_PART, size=f"{size:,}")
    if not letter.subject.strip():
        yield error("subject.missing", SUBJECT)
    elif len(letter.subject) > SUBJECT_LIMIT[letter.language]:
        yield warning("subject.long", SUBJECT, length=len(letter.subject))
    if not letter.preheader.strip():
        yield warning("preheader.missing", PREHEADER)
    yield from _pictures(letter)


def check_relays(rendered: Rendered, limits: Iterable[RelayLimit], signatures: int) -> Iterator[Finding]:
    """A letter that a relay would refuse for its size: one would be enough to stop the issue.

    Arguments:
        limits: of every relay that the issue may go through.
        signatures: how many DKIM signatures a letter gets.
    """
    named = list(limits)
    if not named:
        return
    size = freeze(rendered.message).size + SIGNATURE * signatures
    for relay in named:
        if size > relay.size:
            yield error("size.relay", LETTER, size=f"{size:,}", relay=relay.name, limit=f"{relay.size:,}")


def html_size(rendered: Rendered) -> int:
    """Bytes of the HTML part as it is sent: links rewritten, tokens in place, other slots by their fallback."""

    def stand_in(index: int) -> str:
        slot = rendered.slots.known[index]
        return "0" * token.LENGTH if isinstance(slot, TokenSlot) else getattr(slot, "fallback", "")

    return len(rendered.slots.pattern.sub(lambda match: stand_in(int(match[1])), rendered.html).encode())


def _pictures(letter: Letter) -> Iterator[Finding]:
    seen: set[str] = set()
    for block, where in every_block(letter):
        if isinstance(block, Figure) and block.image in letter.images:
            size = letter.images[block.image].size
            seen.add(block.image)
            if size > IMAGE_LIMIT:
                yield warning("figure.heavy", where, size=f"{size // 1024:,}")
    total = sum(letter.images[digest].size for digest in seen)
    if total > IMAGES_LIMIT:
        yield warning("figure.total", LETTER, size=f"{total // 1024:,}")
