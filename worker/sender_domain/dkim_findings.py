"""DKIM (RFC 6376, RFC 8463): whether the published keys are those that letters are signed with."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from models.issues import dkim_record
from models.issues.dkim_key import Key, KeyKind
from models.issues.dkim_record import RecordState, tags_of
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers

from . import zone_line
from .sender_facts import SenderFacts

_GOOD_RSA_BITS = 2048


def examine(facts: SenderFacts, answers: DnsAnswers) -> Iterator[DomainFinding]:
    """Every key that the newsletter signs with.

    Raises:
        DnsSilent: nobody answered.
    """
    if not facts.keys:
        yield finding("dkim.unsigned", domain=facts.sender_domain)
        return
    for one in facts.keys:
        if one.key is None:
            yield finding("dkim.unreadable", name=f"{one.selector}._domainkey.{one.domain}", file=one.file)
    keys = [one.key for one in facts.keys if one.key]
    for key in keys:
        yield from list(_record(key, answers)) or [finding("dkim.good", name=key.record_name, algorithm=key.kind.value)]
        if isinstance(key.private, RSAPrivateKey) and key.private.key_size < _GOOD_RSA_BITS:
            yield finding("dkim.short", name=key.record_name, bits=key.private.key_size)
    if keys and all(key.kind is KeyKind.ED25519 for key in keys):
        yield finding("dkim.ed25519_alone", domain=facts.sender_domain)


def _record(key: Key, answers: DnsAnswers) -> Iterator[DomainFinding]:
    name, zone = key.record_name, zone_line.txt(key.record_name, key.record)
    texts = answers.texts(name)
    state = dkim_record.look_up(name, key.record, answers).state
    if state is RecordState.MISSING:
        yield finding("dkim.missing", zone, name=name)
        return
    if len(texts) > 1:
        yield finding("dkim.several", zone, name=name, count=len(texts))
        return
    tags = tags_of(texts[0])
    if not tags.get("p"):
        yield finding("dkim.revoked", zone, name=name)
    elif state is RecordState.WRONG:
        yield finding("dkim.wrong", zone, name=name)
    elif "sha256" not in tags.get("h", "sha256").split(":") or not {"*", "email"} & set(tags.get("s", "*").split(":")):
        yield finding("dkim.restricted", zone, name=name)
    elif "y" in tags.get("t", "").split(":"):
        yield finding("dkim.testing", zone, name=name)
