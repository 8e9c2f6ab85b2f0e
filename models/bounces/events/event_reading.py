"""What one event of a sending service says, whoever sent it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from ...store.clock import now
from ...store.errors import Invalid
from .. import reasons
from ..bounce_class import BounceClass

MOST_EVENTS = 5000
"""In one batch; SendGrid sends some thousand at most."""


class EventReading(NamedTuple):
    """One event about one recipient."""

    key: str
    """Its id at the service, or a digest where it has none: an event counts once."""
    kind: BounceClass
    at: datetime
    raw: str
    """The event as it came, as JSON."""
    address: str = ""
    """Whom it names; that describes and proves nothing."""
    message_ids: tuple[str, ...] = ()
    return_paths: tuple[str, ...] = ()
    status: str = ""
    said: str = ""


def failed(said: str, status: str, address: str, default: BounceClass) -> BounceClass:
    """The class of a failure by what the receiver said; *default* where no rule knows."""
    domain = address.rpartition("@")[2].lower()
    found = reasons.reason(said, status, "", (domain,) if domain else ())
    return found.kind if found and found.kind.is_failure else default


def softened(kind: BounceClass) -> BounceClass:
    """*kind* where the service says that the address may still be there."""
    return BounceClass.UNKNOWN_FAILURE if kind.coarse == "hard" else kind


def as_text(value: Any) -> str:
    """A value of an event as text; empty for what is none."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def as_object(value: Any) -> dict[str, Any]:
    """A value of an event that should be an object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A value of an event that should be a list; empty where it is none."""
    return value if isinstance(value, list) else []


def strings(values: Iterable[Any]) -> tuple[str, ...]:
    """Those of *values* that are text and not empty."""
    return tuple(one for one in values if isinstance(one, str) and one)


def raw_of(event: Any) -> str:
    """An event as JSON text, in ASCII, so that the database takes whatever it holds."""
    return json.dumps(event, ensure_ascii=True, separators=(",", ":"))


def digest_of(event: Any) -> str:
    """Stands for an event that has no id."""
    return sha256(json.dumps(event, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def moment(value: Any) -> datetime:
    """A time as services write it: seconds or milliseconds since 1970, or ISO 8601 with a zone; else now."""
    try:
        if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else now()
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return now()


def parsed(body: bytes) -> Any:
    """The JSON of a body.

    Raises:
        Invalid: it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("the body is no JSON in UTF-8") from None


def listed(found: Any) -> list[dict[str, Any]]:
    """The events of a batch, each an object.

    Raises:
        Invalid: one is none, or there are too many. A batch is taken whole or not at all.
    """
    events = found if isinstance(found, list) else [found]
    if len(events) > MOST_EVENTS or not all(isinstance(one, dict) for one in events):
        raise Invalid("a batch is a list of at most 5,000 JSON objects")
    return events
