"""Delivery status notifications (RFC 3464, in UTF-8 RFC 6533): the fields that a report gives for each recipient.

They are found in the part that is meant for them, in parts of another type, encoded or flattened into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .mail_text import one_address

MOST_RECIPIENTS = 300
REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/deliverystatus"})
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{2,50}) ?:[ \t]*(.*)")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_UTF8_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_MOST_LINES = 8000
_OF_RECIPIENT = frozenset(
    {"final-recipient", "original-recipient", "action", "status", "diagnostic-code", "remote-mta"}
)
_KNOWN = _OF_RECIPIENT | {
    "reporting-mta", "arrival-date", "received-from-mta", "original-envelope-id", "dsn-gateway", "last-attempt-date",
    "final-log-id", "will-retry-until", "content-type", "content-transfer-encoding", "content-description",
}  # fmt: skip


@dataclass
class RecipientReport:
    """What a report says of one recipient; empty where it says nothing."""

    fields: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Addresses that stand for the recipient, the reader's own first: where it was forwarded comes after it."""
        found = [address_of(self.fields.get(name, "")) for name in ("original-recipient", "final-recipient")]
        found.append(address_of(self.fields.get("x-actual-recipient", "")))
        return list(dict.fromkeys(name for name in found if name))

    @property
    def final(self) -> str:
        """Where the letter ended up; sendmail's Final-Recipient may be an alias, and its X-Actual-Recipient the end."""
        ends = (address_of(self.fields.get(name, "")) for name in ("x-actual-recipient", "final-recipient"))
        return next((one for one in ends if one), "")

    @property
    def action(self) -> str:
        """failed, delayed, delivered, relayed or expanded, in lower case."""
        return re.split(r"[^a-z]", self.fields.get("action", "").lower().strip(), maxsplit=1)[0]

    @property
    def status(self) -> str:
        """The enhanced code (RFC 3463)."""
        found = _STATUS.search(self.fields.get("status", ""))
        return found[1] if found else ""

    @property
    def diagnostic(self) -> str:
        """What was answered, without the type before it."""
        said = _without_type(self.fields.get("diagnostic-code", ""))
        category = self.fields.get("x-powermta-bouncecategory", "")
        return f"{said} (PowerMTA: {category})" if category else said

    @property
    def remote(self) -> str:
        """The server that answered, in lower case."""
        return _without_type(self.fields.get("remote-mta", "")).lower()


def read_fields(text: str) -> list[RecipientReport]:
    """The recipients of a report, at most :data:`MOST_RECIPIENTS`.

    Arguments:
        text: the part, or a text that holds its fields among other lines.
    """
    found: list[RecipientReport] = []
    current: dict[str, str] = {}
    for name, value in _lines(text):
        begins = name in ("final-recipient", "action", "original-recipient") and name in current
        if (not name or begins) and current.keys() & {"final-recipient", "original-recipient", "action"}:
            found.append(RecipientReport(current))
            current = {}
        if len(found) >= MOST_RECIPIENTS:
            return found
        if name in _OF_RECIPIENT or name.startswith("x-"):
            current.setdefault(name, value)
    if current.keys() & {"final-recipient", "original-recipient"} or (current.keys() >= {"action", "status"}):
        found.append(RecipientReport(current))
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Fields in their order, unfolded; an empty name for an empty line."""
    name, value = "", ""
    for line in text.split("\n")[:_MOST_LINES]:
        match = _LINE.match(line)
        if match and (match[1].lower() in _KNOWN or match[1][:2] in ("X-", "x-")):
            yield from [(name, value.strip())] if name else []
            name, value = match[1].lower(), match[2]
        elif not line.strip():
            yield from [(name, value.strip())] if name else []
            yield "", ""
            name, value = "", ""
        elif name and (line[0] in " \t" or name == "diagnostic-code") and len(value) < 4000:
            value = f"{value} {line.strip()}"
    if name:
        yield name, value.strip()


def address_of(value: str) -> str:
    """The address in ``rfc822; <a@b.example>``; empty where there is none."""
    value = _UTF8_ESCAPE.sub(lambda one: chr(min(int(one[1], 16), 0x10FFFF)), _without_type(value))
    return one_address(value)


def _without_type(value: str) -> str:
    kind, separator, rest = value.partition(";")
    return rest.strip() if separator and re.fullmatch(r"\s*[\w-]{1,40}\s*", kind) else value.strip()
