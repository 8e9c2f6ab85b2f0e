"""What an answer means: code, enhanced code, text and stage → kind of outcome. Pure functions, no state.

The enhanced code (RFC 3463, 5248, 7504, 7505) comes before the basic code (RFC 5321), the basic code before the text.
The text decides only where codes say too little: many Japanese carriers and providers send no enhanced code at all.
"""

from __future__ import annotations

import enum
import re


class OutcomeKind(enum.Enum):
    """What became of a letter; :class:`worker.smtp.Outcome` says what each means."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    POLICY = "policy"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Stage(enum.Enum):
    """How far a letter had come when its outcome was decided."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


_UNKNOWN_USER = re.compile(
    r"unknown (?:or illegal )?(?:user|recipient|alias|address|mailbox|local)"
    r"|(?:user|recipient|mailbox|account|address|alias) (?:is |was )?(?:unknown|not (?:known|found))"
    r"|(?:user|recipient|mailbox|account|address|alias) does(?:n't| not) exist"
    r"|no such (?:user|recipient|mailbox|account|address|person|domain)"
    r"|no (?:mailbox|account)\b|not a (?:valid|known) (?:user|mailbox|recipient)"
    r"|invalid (?:recipient|mailbox|user|address)|doesn't have an? \S+ account|not (?:a )?local (?:user|address)"
    r"|(?:mailbox|account|address|user) (?:is |has been |was )?(?:disabled|inactive|deactivated)"
    r"|(?:mailbox|account|address|user) (?:is |has been |was )?(?:suspended|discontinued|unavailable)"
    r"|(?:deactivated|disabled) due to|(?:domain|host) (?:name )?(?:not found|does not exist)|null mx"
    r"|does not accept (?:e?-?mail|messages)",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"too much mail data|(?:over|exceed\w*|above|out of) (?:\w+ ){0,3}(?:quota|storage|capacity)|quota (?:is )?exceed"
    r"|(?:mailbox|mail box|inbox|account|user|storage)[^.]{0,30} (?:is |temporarily |currently )*(?:full|over quota)"
    r"|exceeded storage|insufficient (?:disk|mailbox) space",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|\bblock(?:ed|ing|list)?\b|black ?list|\brbl\b|\bdnsbl\b|reputation|polic(?:y|ies)|\bspf\b|\bdkim\b|\bdmarc\b"
    r"|abuse|bann?ed|unsolicited|bulk|not authori[sz]ed|authentication|access denied|relay(?:ing)? (?:denied|not)"
    r"|too many (?:unknown|invalid|errors|connections|messages)|suspicious|forg(?:ery|ed)|refused by|not permitted",
    re.IGNORECASE,
)
_SENDER_DOMAIN = re.compile(
    r"\A(?:<?[\w.-]+>? )?(?:sender |mail from )?(?:domain )?[\w-]+(?:\.[\w-]+)+ does not exist", re.IGNORECASE
)
"""SoftBank: ``553 news.example does not exist`` means the domain of our envelope sender."""

_ADDRESS = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.9", "1.10"]
_MAILBOX = ["2.0", "2.1", "2.4"]
_ROUTING = ["4.1", "4.4", "4.310"]
"""No answer from its host, no route to it; 4.310 is Microsoft's code for a domain without DNS records."""
_BOUNCED = frozenset(_ADDRESS + _MAILBOX + _ROUTING)
_OUR_LOGIN = frozenset([530, 534, 535, 538])


def classify(code: int, enhanced: str, text: str, stage: Stage) -> OutcomeKind:
    """The kind of outcome that a final answer means.

    Arguments:
        code: basic code, 200 to 599.
        enhanced: such as ``5.1.1``, or empty.
        text: the text of the answer.
        stage: the command that it answers. Before DOT only refusals are final.

    Raises:
        ValueError: a positive answer before the final dot decides nothing.
    """
    if 200 <= code <= 299 and stage is Stage.DOT:
        return OutcomeKind.ACCEPTED
    if code < 400:
        raise ValueError(f"{code} at {stage.value} decides nothing")
    if stage is Stage.CONNECT:
        return _at_connect(code, enhanced, text)
    if code == 421:
        return OutcomeKind.DEFERRED if stage is Stage.DOT else OutcomeKind.RETURNED
    verdict = _by_enhanced(enhanced, text, stage) or _by_code(code, text, stage)
    if verdict is OutcomeKind.BOUNCED and stage is Stage.MAIL:
        return OutcomeKind.FAILED  # No recipient has been named yet: it is about the sender.
    return verdict


def _at_connect(code: int, enhanced: str, text: str) -> OutcomeKind:
    if (enhanced[:1] or str(code)[0]) == "4":
        return OutcomeKind.RETURNED
    is_policy = enhanced.startswith("5.7.") or code in _OUR_LOGIN or _POLICY.search(text)
    return OutcomeKind.POLICY if is_policy else OutcomeKind.FAILED


def _by_enhanced(enhanced: str, text: str, stage: Stage) -> OutcomeKind | None:
    """What the enhanced code says; None where it says nothing specific (missing, 2.x.x, 5.0.0)."""
    kind, _, detail = enhanced.partition(".")
    if kind == "4":
        return OutcomeKind.DEFERRED
    if kind != "5" or detail == "0.0":
        return None
    if detail.startswith("7."):
        return OutcomeKind.POLICY
    if detail == "2.2":  # RFC 3463: "a persistent transient failure", whatever its first digit.
        return OutcomeKind.DEFERRED
    if detail in _BOUNCED:
        return OutcomeKind.BOUNCED
    if detail == "3.2" and stage is Stage.RCPT:  # RFC 7504: the recipient's host takes no mail.
        return OutcomeKind.BOUNCED
    if detail == "5.0" and stage is not Stage.MAIL and _UNKNOWN_USER.search(text):  # Outlook.com
        return OutcomeKind.BOUNCED
    return OutcomeKind.FAILED


def _by_code(code: int, text: str, stage: Stage) -> OutcomeKind:
    if code < 500:
        return OutcomeKind.DEFERRED
    if code in _OUR_LOGIN:
        return OutcomeKind.POLICY
    if stage is not Stage.MAIL:
        if _FULL.search(text):
            return OutcomeKind.DEFERRED
        if _SENDER_DOMAIN.search(text):
            return OutcomeKind.FAILED
        if _UNKNOWN_USER.search(text):
            return OutcomeKind.BOUNCED
    if _POLICY.search(text):
        return OutcomeKind.POLICY
    return _by_bare_code(code, stage)


def _by_bare_code(code: int, stage: Stage) -> OutcomeKind:
    if stage is not Stage.RCPT:
        return OutcomeKind.FAILED
    if code == 552:  # RFC 5321: exceeded storage allocation; of the recipient, at RCPT.
        return OutcomeKind.DEFERRED
    if code in (521, 550, 551, 553, 556):
        return OutcomeKind.BOUNCED
    return OutcomeKind.FAILED
