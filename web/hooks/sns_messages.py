"""Messages of Amazon SNS: proved by a certificate of Amazon's, of topics that settings name; subscriptions confirmed.

Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (November 2026). No address of a message
is asked as it stands: the certificate comes from a host of SNS alone, and the confirmation goes to an address that is
made here.
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from models.bounces.events.event_reading import as_object, as_text, parsed
from models.store.clock import now
from models.store.errors import Forbidden, Invalid, Unavailable

log = structlog.get_logger("web")

SECONDS = 5.0
"""What Amazon's server may take to answer."""
OLDEST = timedelta(days=1)
_AHEAD = timedelta(minutes=5)
_MOST_BYTES = 64 * 1024
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem")
_TOPIC = re.compile(r"arn:aws(-cn)?:sns:([a-z0-9-]{5,30}):\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")
_NOTICE = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES: Mapping[str, type[hashes.SHA1 | hashes.SHA256]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def proved(topics: str, body: bytes) -> dict[str, Any] | None:
    """A notification whose signature holds; None for a confirmation, which has been answered.

    Arguments:
        topics: the ARNs of the topics that may speak, with spaces between.

    Raises:
        Forbidden: it is of another topic, too old, or not signed by Amazon.
        Invalid: it is no message of SNS.
        Unavailable: Amazon's server does not answer.
    """
    message = as_object(parsed(body))
    kind, topic = as_text(message.get("Type")), as_text(message.get("TopicArn"))
    if kind not in ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"):
        raise Invalid("this is no message of Amazon SNS")
    if topic not in topics.split() or not _TOPIC.fullmatch(topic):
        raise Forbidden("HOOK_KEYS does not name this topic")
    _check_signature(message, _host(topic), _NOTICE if kind == "Notification" else _CONFIRMATION)
    _check_time(as_text(message.get("Timestamp")))
    if kind == "Notification":
        return message
    if kind == "SubscriptionConfirmation":
        _confirm(topic, as_text(message.get("Token")))
    return None


def _host(topic: str) -> str:
    """The one server that speaks for a topic: that of its region. Other names below amazonaws.com are customers'."""
    found = _TOPIC.fullmatch(topic)
    assert found is not None
    return f"sns.{found[2]}.amazonaws.com{'.cn' if found[1] else ''}"


def _check_signature(message: Mapping[str, Any], host: str, names: tuple[str, ...]) -> None:
    signed = "".join(f"{name}\n{as_text(message[name])}\n" for name in names if message.get(name) is not None)
    hashed = _HASHES.get(as_text(message.get("SignatureVersion")))
    if hashed is None:
        raise Forbidden("the signature has a version that is not known")
    key = _key_at(as_text(message.get("SigningCertURL")), host)
    try:
        signature = base64.b64decode(as_text(message.get("Signature")), validate=True)
        key.verify(signature, signed.encode("utf-8", "replace"), PKCS1v15(), hashed())
    except (InvalidSignature, binascii.Error, ValueError):
        raise Forbidden("the signature is not right") from None


def _check_time(told: str) -> None:
    try:
        age = now() - datetime.fromisoformat(told)
    except (TypeError, ValueError):
        raise Forbidden("the time of the signature cannot be read") from None
    if not -_AHEAD <= age <= OLDEST:
        raise Forbidden("the signature is too old, or of the future")


def _key_at(address: str, host: str) -> RSAPublicKey:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Forbidden("the certificate is not at a server of Amazon SNS") from None
    right = parts.scheme == "https" and parts.netloc == host and _CERTIFICATE.fullmatch(parts.path)
    if not right or parts.query or parts.fragment:
        raise Forbidden("the certificate is not at a server of Amazon SNS")
    key, until = _fetched_key(host, parts.path)
    if until < now():
        raise Forbidden("the certificate has ended")
    return key


@lru_cache(maxsize=16)
def _fetched_key(host: str, path: str) -> tuple[RSAPublicKey, datetime]:
    """The key of a certificate, and when it ends; asked once by each process, as its name changes with it."""
    try:
        certificate = x509.load_pem_x509_certificate(ask(host, path))
    except ValueError:
        raise Forbidden("the certificate cannot be read") from None
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise Forbidden("the certificate is none of RSA")
    return key, certificate.not_valid_after_utc


def _confirm(topic: str, token: str) -> None:
    """Tell Amazon that we want what *topic* says, by an address of our own making."""
    query = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token[:1000]})
    ask(_host(topic), f"/?{query}")
    log.info("subscription confirmed", topic=topic)


def ask(host: str, target: str) -> bytes:
    """What a server of SNS answers.

    Raises:
        Unavailable: nothing, or that it failed.
    """
    connection = HTTPSConnection(host, timeout=SECONDS, context=ssl.create_default_context())
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        content = answer.read(_MOST_BYTES)
    except (OSError, HTTPException):
        raise Unavailable("Amazon's server does not answer: send it again later") from None
    finally:
        connection.close()
    if answer.status != 200:
        raise Unavailable("Amazon's server does not answer: send it again later")
    return content
