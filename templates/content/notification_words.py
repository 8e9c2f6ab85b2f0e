"""What notifications say: the same words on the page and in letters.

Titles of issues and names of people are cleaned as a reader's values are: one line, no more than 200 characters,
nothing that turns the direction of what stands beside it.
"""

from __future__ import annotations

from models.issues.notifications.notification import Notification
from models.issues.notifications.notification import NotificationKind as K
from models.store.language import Language
from models.store.phrase import phrase

from .personal_values import clean

_TITLES = {
    K.APPROVAL_ASKED: phrase("Please decide on No. {number}, “{subject}”"),
    K.SENT_BACK: phrase("No. {number}, “{subject}”, was sent back"),
    K.WITHDRAWN: phrase("No. {number}, “{subject}”, was taken back by its author"),
    K.APPROVAL_STUCK: phrase("No. {number}, “{subject}”, cannot get every approval"),
    K.APPROVED: phrase("No. {number}, “{subject}”, is approved"),
    K.READY_TO_SEND: phrase("No. {number}, “{subject}”, can be scheduled"),
    K.NOT_PREPARED: phrase("No. {number}, “{subject}”, does not go out as planned"),
    K.ORPHANED: phrase("No. {number}, “{subject}”, has nobody who sends it"),
    K.ISSUE_STOPPED: phrase("Sending No. {number}, “{subject}”, has stopped"),
    K.LANE_STOPPED: phrase("Sending to “{lane}” has stopped"),
    K.COMPLAINED: phrase("A reader calls No. {number}, “{subject}”, spam"),
    K.COMPLAINTS_MANY: phrase("Many readers call No. {number}, “{subject}”, spam"),
}
_BY = {
    K.APPROVAL_ASKED: phrase("Submitted by {by}"),
    K.SENT_BACK: phrase("Sent back by {by}"),
    K.WITHDRAWN: phrase("Taken back by {by}"),
    K.APPROVED: phrase("Approved by {by}"),
    K.READY_TO_SEND: phrase("Approved by {by}"),
}
_ADVICE = {
    K.APPROVAL_ASKED: phrase("Read the issue, then approve it or send it back."),
    K.APPROVED: phrase("Whoever sends it chooses when it goes out."),
    K.SENT_BACK: phrase("Read the reason, change the issue, then submit it again."),
    K.WITHDRAWN: phrase("There is nothing to do: you are asked again once it is submitted."),
    K.APPROVAL_STUCK: phrase(
        "Too few people are left who may say yes at a step of its route. Appoint a substitute or an approver, or "
        "change the route and have it submitted again."
    ),
    K.READY_TO_SEND: phrase("It is approved, and waits for somebody who chooses when it goes out."),
    K.NOT_PREPARED: phrase("Read the reason, then go on from the issue's page."),
    K.ORPHANED: phrase(
        "Whoever scheduled it may not send it any more. It does not go out before somebody takes it over."
    ),
    K.ISSUE_STOPPED: phrase("Nothing more of it goes out before the reason is mended and somebody resumes it."),
    K.LANE_STOPPED: phrase("Nothing more goes there before the reason is mended and somebody lets it go on."),
    K.COMPLAINED: phrase(
        "That newsletter is not mailed to them any more. If more readers complain, providers refuse it for everybody."
    ),
    K.COMPLAINTS_MANY: phrase(
        "Providers refuse senders of whom so many complain. See who gets it, and whether they asked for it; while it "
        "goes out, it pauses by itself where the share grows further."
    ),
}


def title(told: Notification, language: Language) -> str:
    """What waits, in one line."""
    issue = told.issue
    found = _TITLES[told.kind].filled(
        number=issue.number if issue else "", subject=clean(issue.subject if issue else ""), lane=clean(told.lane_name)
    )
    return found.say(language)


def by(told: Notification, language: Language) -> str:
    """Who did it; empty where nobody did."""
    return _BY[told.kind].filled(by=clean(told.by)).say(language) if told.by and told.kind in _BY else ""


def advice(told: Notification, language: Language) -> str:
    """What to do about it, or what comes next."""
    return _ADVICE[told.kind].say(language)
