"""Events of Amazon SES that its notification service sends as mail: JSON in the text.

Source: docs.aws.amazon.com/ses/latest/dg/notification-contents.html (looked at on 2026-11-29).
"""

from __future__ import annotations

import json
from typing import Any

from .dsn import RecipientReport

_MOST = 300
_MOST_CHARACTERS = 200_000


def read_event(text: str) -> tuple[str, list[RecipientReport]] | None:
    """The kind of event (bounce, complaint, delivery, …), and its recipients; None where there is none."""
    text = text.strip()[:_MOST_CHARACTERS]
    if not text.startswith("{"):
        return None
    event = _json(text[: text.rfind("}") + 1])
    if isinstance(event.get("Message"), str):
        event = _json(event["Message"])
    kind = event.get("notificationType") or event.get("eventType")
    if not isinstance(kind, str):
        return None
    about = event.get(kind.lower())
    about = about if isinstance(about, dict) else {}
    return kind.lower(), [RecipientReport(fields) for fields in _recipients(kind.lower(), about)]


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _recipients(kind: str, about: dict[str, Any]) -> list[dict[str, str]]:
    listed = about.get({"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}.get(kind, "recipients"))
    subtype, found = SUBTYPES.get(str(about.get("bounceSubType")), ""), []
    for one in (listed if isinstance(listed, list) else [])[:_MOST]:
        fields = {"emailAddress": one} if isinstance(one, str) else one if isinstance(one, dict) else {}
        found.append(
            {
                "final-recipient": str(fields.get("emailAddress", "")),
                "action": str(fields.get("action", "failed" if kind == "bounce" else "delivered")),
                "status": str(fields.get("status", "")),
                "diagnostic-code": f"{fields.get('diagnosticCode', '')} {subtype}",
                "x-feedback-type": str(about.get("complaintFeedbackType", "")),
            }
        )
    return found


SUBTYPES = {
    "NoEmail": "no such user",
    "Suppressed": "address is on the suppression list",
    "OnAccountSuppressionList": "address is on the suppression list",
    "MailboxFull": "mailbox full",
    "MessageTooLarge": "message too large",
    "ContentRejected": "content rejected",
    "AttachmentRejected": "attachment not accepted",
}
"""Subtypes of a bounce, in the words that rules know."""
