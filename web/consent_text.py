"""What a reader agrees to, in the words that are shown and kept as evidence."""

from __future__ import annotations

from hashlib import sha256

from models.issues.newsletter import Newsletter, Tracking

from .language import _


def paragraphs(newsletter: Newsletter) -> list[str]:
    """The agreement, in the language of the page; the newsletter's own words where it has any."""
    return [*_newsletter_text(newsletter), tracking(newsletter.tracking), _purpose()]


def full_text(newsletter: Newsletter) -> str:
    """The agreement as one text: what a consent record keeps."""
    return "\n\n".join(paragraphs(newsletter))


def digest(newsletter: Newsletter) -> str:
    """Stands in the form, so that nobody agrees to words that changed meanwhile (16 hex digits)."""
    return sha256(full_text(newsletter).encode()).hexdigest()[:16]


def tracking(mode: Tracking) -> str:
    """What is kept about reading in a mode."""
    match mode:
        case Tracking.INDIVIDUAL:
            return _(
                "To improve our articles and to draw up rankings, we keep a record of when you opened a letter and "
                "which links you followed. You can refuse this, here or at any time later."
            )
        case Tracking.AGGREGATE:
            return _(
                "To improve our articles and to draw up rankings, we count how often letters are opened and links "
                "are followed. We do not keep who did so."
            )
        case Tracking.OFF:
            return _("We do not keep whether letters are opened or links are followed.")


def _newsletter_text(newsletter: Newsletter) -> list[str]:
    if newsletter.consent_text:
        return [part.strip() for part in newsletter.consent_text.split("\n\n") if part.strip()]
    return [
        _(
            "%(sender)s sends “%(newsletter)s” to you by mail. It may contain announcements and advertising. "
            "You can stop it at any time by the link in each letter.",
            sender=newsletter.sender_name,
            newsletter=newsletter.name,
        )
    ]


def _purpose() -> str:
    return _("Your address and your answers are used for sending this newsletter and for nothing else.")
