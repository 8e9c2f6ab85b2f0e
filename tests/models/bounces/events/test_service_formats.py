"""What events of each service mean, and that nothing that a service sends breaks the reading."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from models.bounces.bounce_class import BounceClass
from models.bounces.events.service_formats import FORMATS
from models.store.errors import Invalid

B = BounceClass
GONE = "550 5.1.1 user unknown"


def ses(kind: str, **about: Any) -> dict[str, Any]:
    return {"MessageId": "1", "Message": json.dumps({"eventType": kind, kind[0].lower() + kind[1:]: about})}


def ses_bounce(kind: str, subtype: str, said: str) -> dict[str, Any]:
    recipients = [{"emailAddress": "a@example.jp", "diagnosticCode": said}]
    return ses("Bounce", bounceType=kind, bounceSubType=subtype, bouncedRecipients=recipients)


def mailgun(**event: Any) -> dict[str, Any]:
    return {"event-data": event}


CASES: tuple[tuple[str, Any, BounceClass], ...] = (
    ("ses", ses_bounce("Permanent", "General", f"smtp; {GONE}"), B.NO_SUCH_MAILBOX),
    ("ses", ses_bounce("Permanent", "NoEmail", ""), B.NO_SUCH_MAILBOX),
    ("ses", ses_bounce("Permanent", "General", ""), B.UNKNOWN_FAILURE),
    ("ses", ses_bounce("Transient", "General", f"smtp; {GONE}"), B.UNKNOWN_FAILURE),
    ("ses", ses_bounce("Transient", "MailboxFull", ""), B.MAILBOX_FULL),
    ("ses", ses_bounce("Transient", "MessageTooLarge", ""), B.TOO_LARGE),
    ("ses", ses("Complaint", complaintFeedbackType="abuse"), B.COMPLAINT),
    ("ses", ses("Complaint"), B.COMPLAINT),
    ("ses", ses("Complaint", complaintFeedbackType="not-spam"), B.OTHER),
    ("ses", ses("DeliveryDelay"), B.DELAYED),
    ("ses", ses("Delivery"), B.DELIVERED),
    ("ses", ses("Subscription"), B.OTHER),
    ("ses", {"Message": "no JSON"}, B.OTHER),
    ("sendgrid", {"event": "bounce", "type": "bounce", "reason": GONE}, B.NO_SUCH_MAILBOX),
    ("sendgrid", {"event": "bounce", "type": "bounce", "bounce_classification": "Invalid Address"}, B.NO_SUCH_MAILBOX),
    ("sendgrid", {"event": "bounce", "type": "blocked", "reason": GONE}, B.UNKNOWN_FAILURE),
    ("sendgrid", {"event": "bounce", "type": "blocked", "reason": "550 5.7.1 spam"}, B.REFUSED_AS_SPAM),
    ("sendgrid", {"event": "dropped", "reason": "Bounced Address"}, B.UNKNOWN_FAILURE),
    ("sendgrid", {"event": "spamreport"}, B.COMPLAINT),
    ("sendgrid", {"event": "deferred", "reason": GONE}, B.DELAYED),
    ("sendgrid", {"event": "open"}, B.OTHER),
    ("mailgun", mailgun(event="failed", severity="permanent", **{"delivery-status": {"code": 550, "message": GONE}}),
     B.NO_SUCH_MAILBOX),
    ("mailgun", mailgun(event="failed", severity="temporary", **{"delivery-status": {"message": GONE}}), B.DELAYED),
    ("mailgun", mailgun(event="failed", severity="permanent", reason="suppress-bounce"), B.UNKNOWN_FAILURE),
    ("mailgun", mailgun(event="complained"), B.COMPLAINT),
    ("mailgun", mailgun(event="clicked"), B.OTHER),
    ("postmark", {"RecordType": "Bounce", "Type": "HardBounce"}, B.NO_SUCH_MAILBOX),
    ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "Details": "452 4.2.2 mailbox full"}, B.MAILBOX_FULL),
    ("postmark", {"RecordType": "Bounce", "Type": "SoftBounce", "Details": GONE}, B.UNKNOWN_FAILURE),
    ("postmark", {"RecordType": "Bounce", "Type": "Transient"}, B.DELAYED),
    ("postmark", {"RecordType": "Bounce", "Type": "AutoResponder"}, B.AUTO_REPLY),
    ("postmark", {"RecordType": "Bounce", "Type": "SpamNotification"}, B.REFUSED_AS_SPAM),
    ("postmark", {"RecordType": "Bounce", "Type": "NewKind"}, B.UNKNOWN_FAILURE),
    ("postmark", {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, B.COMPLAINT),
    ("postmark", {"RecordType": "Open"}, B.OTHER),
    ("brevo", {"event": "hard_bounce"}, B.NO_SUCH_MAILBOX),
    ("brevo", {"event": "soft_bounce", "reason": GONE}, B.UNKNOWN_FAILURE),
    ("brevo", {"event": "blocked"}, B.POLICY),
    ("brevo", {"event": "spam"}, B.COMPLAINT),
    ("brevo", {"event": "proxy_open"}, B.OTHER),
    ("relay", {"events": [{"type": "bounce", "reason": "宛先が存在しません"}]}, B.NO_SUCH_MAILBOX),
    ("relay", {"events": [{"type": "bounce", "class": "refused_by_reader"}]}, B.REFUSED_BY_READER),
    ("relay", {"events": [{"type": "bounce", "class": "complaint"}]}, B.UNKNOWN_FAILURE),
    ("relay", {"events": [{"type": "soft_bounce", "class": "no_such_mailbox"}]}, B.UNKNOWN_FAILURE),
    ("relay", {"events": [{"type": "complaint"}]}, B.COMPLAINT),
    ("relay", {"events": [{"type": "opened"}]}, B.OTHER),
)  # fmt: skip


@pytest.mark.parametrize(("service", "event", "kind"), CASES)
def test_what_an_event_means(service: str, event: Any, kind: BounceClass) -> None:
    [reading] = FORMATS[service](event)
    assert reading.kind is kind
    assert json.loads(reading.raw)


@pytest.mark.parametrize("service", sorted(FORMATS))
@pytest.mark.parametrize("value", [None, 1, 1e400, "x", [], {}, [1], {"a": None}, True, "9" * 400])
def test_values_of_another_kind_break_nothing(service: str, value: Any) -> None:
    names = ("event", "type", "Type", "RecordType", "email", "Email", "timestamp", "ts_epoch", "BouncedAt", "id", "ID",
             "at", "sg_event_id", "smtp-id", "message-id", "Metadata", "recipient", "delivery-status", "message",
             "envelope", "reason", "Details", "status", "class", "MessageID")  # fmt: skip
    odd = dict.fromkeys(names, value)
    inner = {
        "bounce": value,
        "complaint": {"complaintFeedbackType": value},
        "mail": {"headers": value, "commonHeaders": value, "source": value},
    }
    notices = [{**odd, "Message": json.dumps({**inner, "eventType": kind})} for kind in ("Bounce", "Complaint")]
    for event in (odd, [odd, odd], [], value, {"event-data": odd}, {"events": [odd]}, *notices):
        with suppress(Invalid):  # a form of our own is refused where it has no events
            for reading in FORMATS[service](event):
                assert reading.key
                assert reading.at.tzinfo


def test_one_notice_of_amazon_tells_of_several_recipients() -> None:
    listed = [{"emailAddress": f"{name}@example.jp"} for name in "ab"]
    found = FORMATS["ses"](ses("Complaint", complainedRecipients=listed))
    assert [(one.key, one.address) for one in found] == [("1/0", "a@example.jp"), ("1/1", "b@example.jp")]
