"""Sending services as they speak to a hook. What they sign is signed by the program openssl, not by our libraries."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models.store.clock import now

TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:kairan-test"
CERTIFICATE_URL = "https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SECRET = "signing-key-of-tests"
PASSWORD = "kairan:pass word-日本"


def openssl(*words: str | Path, data: bytes = b"") -> bytes:
    """What the program answers."""
    return subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True, check=True).stdout


def hmac_of(message: str) -> str:
    """HMAC-SHA256 as hex digits."""
    return openssl("dgst", "-sha256", "-hmac", SECRET, "-r", data=message.encode()).decode().split()[0]


@dataclass
class Keys:
    """Keys of services, in files of *folder*."""

    folder: Path
    setting: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=sns.amazonaws.com", "-days", "2",
                "-keyout", self.folder / "sns.key", "-out", self.folder / "sns.pem")  # fmt: skip
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.folder / "ec.key")
        public = openssl("ec", "-in", self.folder / "ec.key", "-pubout", "-outform", "DER")
        self.setting = {
            "ses": f"arn:aws:sns:us-east-1:123456789012:other {TOPIC}",
            "sendgrid": base64.b64encode(public).decode(),
            "mailgun": SECRET, "postmark": PASSWORD, "brevo": PASSWORD, "relay": SECRET,
        }  # fmt: skip

    @property
    def certificate(self) -> bytes:
        """What Amazon shows at :data:`CERTIFICATE_URL`."""
        return (self.folder / "sns.pem").read_bytes()

    def sign(self, key: str, digest: str, data: bytes) -> str:
        """A signature in base64."""
        return base64.b64encode(openssl("dgst", f"-{digest}", "-sign", self.folder / key, data=data)).decode()


@dataclass(frozen=True)
class Sent:
    """One request."""

    headers: dict[str, str]
    body: bytes


def sns(keys: Keys, message: dict[str, Any], at: datetime, version: str, **more: str) -> Sent:
    """A message of Amazon SNS."""
    told = {"Type": "Notification", "MessageId": f"m-{version}", "TopicArn": TOPIC, "Message": json.dumps(message),
            "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}", **more}  # fmt: skip
    signed = "".join(f"{name}\n{told[name]}\n" for name in sorted(told))
    signature = keys.sign("sns.key", "sha1" if version == "1" else "sha256", signed.encode())
    body = {**told, "SignatureVersion": version, "Signature": signature, "SigningCertURL": CERTIFICATE_URL}
    return Sent({"Content-Type": "text/plain; charset=UTF-8"}, json.dumps(body).encode())


def ses_bounce(message_id: str, address: str) -> dict[str, Any]:
    """An event of Amazon SES."""
    gone = {"emailAddress": address, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    mail = {"headers": [{"name": "Message-ID", "value": message_id}]}
    return {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [gone]}, "mail": mail}


def ses(keys: Keys, message_id: str, address: str, at: datetime, version: str = "2") -> Sent:
    """A bounce by way of SNS."""
    return sns(keys, ses_bounce(message_id, address), at, version)


def ses_sha1(keys: Keys, message_id: str, address: str, at: datetime) -> Sent:
    """The same with the older signature."""
    return ses(keys, message_id, address, at, "1")


def signed_batch(keys: Keys, events: Any, at: datetime) -> Sent:
    """A batch of SendGrid."""
    body, timestamp = json.dumps(events).encode(), str(int(at.timestamp()))
    signature = keys.sign("ec.key", "sha256", timestamp.encode() + body)
    return Sent({"X-Twilio-Email-Event-Webhook-Signature": signature,
                 "X-Twilio-Email-Event-Webhook-Timestamp": timestamp}, body)  # fmt: skip


def sendgrid(keys: Keys, message_id: str, address: str, at: datetime) -> Sent:
    """A bounce of SendGrid."""
    event = {"email": address, "timestamp": int(at.timestamp()), "smtp-id": message_id, "sg_event_id": "e1",
             "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 user unknown"}  # fmt: skip
    return signed_batch(keys, [event], at)


def mailgun(keys: Keys, message_id: str, address: str, at: datetime, token: str = "t" * 50) -> Sent:
    """A bounce of Mailgun."""
    timestamp = str(int(at.timestamp()))
    signature = {"timestamp": timestamp, "token": token, "signature": hmac_of(timestamp + token)}
    event = {"event": "failed", "id": "m1", "timestamp": at.timestamp(), "severity": "permanent", "recipient": address,
             "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "5.1.1 user unknown"},
             "message": {"headers": {"message-id": message_id.strip("<>")}}}  # fmt: skip
    return Sent({}, json.dumps({"signature": signature, "event-data": event}).encode())


def basic(password: str = PASSWORD) -> dict[str, str]:
    """Headers with user and password."""
    return {"Authorization": f"Basic {base64.b64encode(password.encode()).decode()}"}


def postmark(keys: Keys, message_id: str, address: str, at: datetime) -> Sent:
    """A bounce of Postmark."""
    event = {"RecordType": "Bounce", "ID": 4323372036854775807, "Type": "HardBounce", "Email": address,
             "BouncedAt": at.isoformat(), "Details": "smtp;550 5.1.1 user unknown",
             "Metadata": {"kairan": message_id}}  # fmt: skip
    return Sent(basic(), json.dumps(event).encode())


def brevo(keys: Keys, message_id: str, address: str, at: datetime) -> Sent:
    """A bounce of Brevo."""
    event = {"event": "hard_bounce", "email": address, "ts_epoch": int(at.timestamp() * 1000),
             "message-id": message_id, "reason": "550 5.1.1 user unknown"}  # fmt: skip
    return Sent(basic(), json.dumps(event).encode())


def relay(keys: Keys, message_id: str, address: str, at: datetime) -> Sent:
    """A bounce in our own form."""
    event = {"id": "1", "type": "bounce", "recipient": address, "message_id": message_id, "at": at.isoformat(),
             "reason": "550 5.1.1 宛先が存在しません", "status": "5.1.1"}  # fmt: skip
    body, timestamp = json.dumps({"events": [event]}, ensure_ascii=False), str(int(at.timestamp()))
    signature = f"sha256={hmac_of(f'{timestamp}.{body}')}"
    return Sent({"X-Kairan-Timestamp": timestamp, "X-Kairan-Signature": signature}, body.encode())


Speak = Callable[[Keys, str, str, datetime], Sent]
SERVICES: dict[str, tuple[str, Speak, timedelta]] = {
    "ses": ("ses", ses, timedelta(days=1)),
    "ses, SHA-1": ("ses", ses_sha1, timedelta(days=1)),
    "sendgrid": ("sendgrid", sendgrid, timedelta(days=1)),
    "mailgun": ("mailgun", mailgun, timedelta(days=1)),
    "postmark": ("postmark", postmark, timedelta(days=3)),
    "brevo": ("brevo", brevo, timedelta(days=3)),
    "relay": ("relay", relay, timedelta(minutes=5)),
}
"""Each with its hook, how it speaks, and after what time it is too old."""


def old(limit: timedelta) -> datetime:
    """A time that is just too old."""
    return now() - limit - timedelta(seconds=30)
