"""The events of sending services, each in its own words → what they say.

Sources, looked at in November 2026: docs.aws.amazon.com/ses (event-publishing-retrieving-sns-contents.html,
notification-contents.html), twilio.com/docs/sendgrid (Event Webhook Reference), documentation.mailgun.com (Webhooks,
Events), postmarkapp.com/developer/webhooks, developers.brevo.com (Transactional webhooks). What is not listed is kept
and counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..bounce_class import BounceClass
from ..event_notice import SUBTYPES
from .event_reading import (
    EventReading,
    as_list,
    as_object,
    as_text,
    digest_of,
    failed,
    listed,
    moment,
    raw_of,
    softened,
    strings,
)

_C = BounceClass
_NOT_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
"""RFC 6430, RFC 6591."""


def ses(found: Any) -> list[EventReading]:
    """A notification of Amazon SNS that carries an event of SES; one reading for each recipient."""
    notice = as_object(found)
    try:
        event = as_object(json.loads(as_text(notice.get("Message"))))
    except (ValueError, RecursionError):
        event = {}
    kind = as_text(event.get("eventType") or event.get("notificationType"))
    about = as_object(event.get(kind[:1].lower() + kind[1:]))
    mail = as_object(event.get("mail"))
    headers = [as_object(one) for one in as_list(mail.get("headers"))]
    ids = [one.get("value") for one in headers if as_text(one.get("name")).lower() == "message-id"]
    ids.append(as_object(mail.get("commonHeaders")).get("messageId"))
    recipients = as_list(about.get("bouncedRecipients") or about.get("complainedRecipients")) or [{}]
    return [
        EventReading(
            f"{as_text(notice.get('MessageId')) or digest_of(notice)}/{place}",
            _ses_kind(kind, about, one),
            moment(about.get("timestamp") or notice.get("Timestamp")),
            raw_of(event or notice),
            as_text(one.get("emailAddress")),
            strings(ids),
            strings([mail.get("source")]),
            as_text(one.get("status")),
            as_text(one.get("diagnosticCode")),
        )
        for place, one in enumerate(map(as_object, recipients))
    ]


def _ses_kind(kind: str, about: dict[str, Any], recipient: dict[str, Any]) -> BounceClass:
    if kind == "Bounce":
        subtype = as_text(about.get("bounceSubType"))
        said = f"{as_text(recipient.get('diagnosticCode'))} {SUBTYPES.get(subtype, '')}"
        default = _C.NO_SUCH_MAILBOX if subtype == "NoEmail" else _C.UNKNOWN_FAILURE
        found = failed(said, as_text(recipient.get("status")), as_text(recipient.get("emailAddress")), default)
        return found if about.get("bounceType") == "Permanent" else softened(found)
    if kind == "Complaint":
        return _C.OTHER if as_text(about.get("complaintFeedbackType")) in _NOT_COMPLAINTS else _C.COMPLAINT
    return {"Delivery": _C.DELIVERED, "DeliveryDelay": _C.DELAYED, "Reject": _C.CONTENT}.get(kind, _C.OTHER)


def sendgrid(found: Any) -> list[EventReading]:
    """A batch of the event webhook."""
    return [
        EventReading(
            as_text(one.get("sg_event_id")) or digest_of(one),
            _sendgrid_kind(one),
            moment(one.get("timestamp")),
            raw_of(one),
            as_text(one.get("email")),
            strings([one.get("smtp-id"), one.get("kairan")]),
            status=as_text(one.get("status")),
            said=as_text(one.get("reason")),
        )
        for one in listed(found)
    ]


def _sendgrid_kind(one: dict[str, Any]) -> BounceClass:
    event = one.get("event")
    if event in ("bounce", "dropped"):
        gone = one.get("bounce_classification") == "Invalid Address"
        default = _C.NO_SUCH_MAILBOX if gone else _C.UNKNOWN_FAILURE
        kind = failed(as_text(one.get("reason")), as_text(one.get("status")), as_text(one.get("email")), default)
        return softened(kind) if event == "dropped" or one.get("type") == "blocked" else kind
    return {
        "spamreport": _C.COMPLAINT,
        "deferred": _C.DELAYED,
        "delivered": _C.DELIVERED,
        "unsubscribe": _C.UNSUBSCRIBE_REQUEST,
    }.get(as_text(event), _C.OTHER)


def mailgun(found: Any) -> list[EventReading]:
    """One event of a webhook."""
    one = as_object(as_object(found).get("event-data"))
    status = as_object(one.get("delivery-status"))
    said = " ".join(strings([str(status.get("code", "")), status.get("message"), status.get("description")]))
    code, address = as_text(status.get("enhanced-code")), as_text(one.get("recipient"))
    headers = as_object(as_object(one.get("message")).get("headers"))
    kinds: dict[str, BounceClass] = {
        "complained": _C.COMPLAINT, "delivered": _C.DELIVERED, "unsubscribed": _C.UNSUBSCRIBE_REQUEST,
        "failed": failed(said, code, address, _C.UNKNOWN_FAILURE)
        if one.get("severity") == "permanent" else _C.DELAYED,
    }  # fmt: skip
    return [
        EventReading(
            as_text(one.get("id")) or digest_of(one),
            kinds.get(as_text(one.get("event")), _C.OTHER),
            moment(one.get("timestamp")),
            raw_of(one),
            address,
            (f"<{as_text(headers.get('message-id')).strip('<>')}>",),
            strings([as_object(one.get("envelope")).get("sender")]),
            code,
            said,
        )
    ]


_POSTMARK = {
    "BadEmailAddress": _C.NO_SUCH_MAILBOX,
    "Transient": _C.DELAYED,
    "DnsError": _C.NETWORK,
    "SpamNotification": _C.REFUSED_AS_SPAM,
    "Blocked": _C.POLICY,
    "DMARCPolicy": _C.POLICY,
    "TemplateRenderingFailed": _C.CONTENT,
    "AutoResponder": _C.AUTO_REPLY,
    "ChallengeVerification": _C.AUTO_REPLY,
    "AddressChange": _C.AUTO_REPLY,
    "Subscribe": _C.OTHER,
    "Unsubscribe": _C.UNSUBSCRIBE_REQUEST,
}
"""Types of a bounce that say enough by themselves."""


def postmark(found: Any) -> list[EventReading]:
    """One record of a webhook; a list of them is read, too."""
    return [_postmark_record(one) for one in listed(found)]


def _postmark_record(one: dict[str, Any]) -> EventReading:
    record, kind = as_text(one.get("RecordType")), as_text(one.get("Type"))
    said, address = as_text(one.get("Details")), as_text(one.get("Email") or one.get("Recipient"))
    if record == "Bounce":
        default = _C.NO_SUCH_MAILBOX if kind == "HardBounce" else _C.UNKNOWN_FAILURE
        found_kind = failed(said, "", address, default)
        meant = _POSTMARK.get(kind) or (found_kind if kind == "HardBounce" else softened(found_kind))
    else:
        meant = {"SpamComplaint": _C.COMPLAINT, "Delivery": _C.DELIVERED}.get(record, _C.OTHER)
    number = as_text(one.get("ID"))
    return EventReading(
        f"{record}/{number}" if number else digest_of(one),
        meant,
        moment(one.get("BouncedAt") or one.get("DeliveredAt") or one.get("ChangedAt")),
        raw_of(one),
        address,
        strings([*as_object(one.get("Metadata")).values(), f"<{as_text(one.get('MessageID'))}>"]),
        said=said,
    )


def brevo(found: Any) -> list[EventReading]:
    """One event of a webhook, or a batch of them. They have no ids."""
    return [
        EventReading(
            digest_of(one),
            _brevo_kind(one),
            moment(one.get("ts_epoch") or one.get("ts_event")),
            raw_of(one),
            as_text(one.get("email")),
            strings([one.get("message-id"), one.get("X-Mailin-custom")]),
            said=as_text(one.get("reason")),
        )
        for one in listed(found)
    ]


def _brevo_kind(one: dict[str, Any]) -> BounceClass:
    event, said, address = as_text(one.get("event")), as_text(one.get("reason")), as_text(one.get("email"))
    if event == "hard_bounce":
        return failed(said, "", address, _C.NO_SUCH_MAILBOX)
    if event == "soft_bounce":
        return softened(failed(said, "", address, _C.UNKNOWN_FAILURE))
    return {
        "invalid_email": _C.NO_SUCH_MAILBOX,
        "blocked": _C.POLICY,
        "spam": _C.COMPLAINT,
        "complaint": _C.COMPLAINT,
        "deferred": _C.DELAYED,
        "delivered": _C.DELIVERED,
        "unsubscribed": _C.UNSUBSCRIBE_REQUEST,
        "unsubscribe": _C.UNSUBSCRIBE_REQUEST,
    }.get(event, _C.OTHER)


def relay(found: Any) -> list[EventReading]:
    """Our own form, for relays that have none (docs/delivery/events.md): ``{"events": [{"id", "type", …}]}``."""
    return [
        EventReading(
            as_text(one.get("id")) or digest_of(one),
            _relay_kind(one),
            moment(one.get("at")),
            raw_of(one),
            as_text(one.get("recipient")),
            strings([one.get("message_id")]),
            strings([one.get("return_path")]),
            as_text(one.get("status")),
            as_text(one.get("reason")),
        )
        for one in listed(as_object(found).get("events"))
    ]


def _relay_kind(one: dict[str, Any]) -> BounceClass:
    kind, told = as_text(one.get("type")), as_text(one.get("class"))
    if kind in ("bounce", "soft_bounce"):
        known = BounceClass(told) if told in BounceClass._value2member_map_ else None
        words = as_text(one.get("reason")), as_text(one.get("status")), as_text(one.get("recipient"))
        found = known if known and known.is_failure else failed(*words, _C.UNKNOWN_FAILURE)
        return found if kind == "bounce" else softened(found)
    return {
        "complaint": _C.COMPLAINT,
        "delayed": _C.DELAYED,
        "delivered": _C.DELIVERED,
        "unsubscribe": _C.UNSUBSCRIBE_REQUEST,
    }.get(kind, _C.OTHER)


FORMATS: Final[Mapping[str, Callable[[Any], list[EventReading]]]] = {
    "ses": ses,
    "sendgrid": sendgrid,
    "mailgun": mailgun,
    "postmark": postmark,
    "brevo": brevo,
    "relay": relay,
}
"""By the name in the hook's address."""
