"""Making and changing a newsletter: what it may hold, and the entry of each change in the audit log.

Pages, commands and files all go this way. What a form was filled in from is told by :func:`version`: of a few values
only, so that two people may change two things at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.audit import AuditEntry
from ..staff.member import Member
from ..store import input_rule, mail_address
from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from . import consent_version, send_time
from .block import SLUG, Product
from .calendar import monthly_slot
from .issue import Issue
from .newsletter import Newsletter, Tracking
from .test_letters import test_group

ADDRESSES = ("sender_address", "reply_to", "bounce_address")
LEGAL = ("sender_name", "sender_address", "postal_address", "contact")
"""What 特定電子メール法, article 4, wants in every letter."""
REQUIRED = ("name", *LEGAL)
LONGEST = {"name": 200, "sender_name": 200, "list_id": 250, "ranking_news_title": 200}
"""Characters of a line."""
LONGEST_TEXT = 10_000
LONGEST_LABEL = 500
MOST_FIELDS = 100
"""Questions that a newsletter may ask its readers."""
MAX_APPROVALS = 9
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""How a reader's own field is called in letters: ``{{ reader.NAME }}``."""
RESERVED = frozenset({"name", "kana", "organisation", "address", "audience", "topics", "language"})
"""What every newsletter knows of a reader."""

_ACTS = ("edit newsletter", "edit topics", "edit audiences", "merge topics", "import newsletter")
"""What the audit log calls changes of what stands in a newsletter's letters."""
_IN_NO_LETTER = frozenset({
    "slots", "test_groups", "quiet_from", "quiet_until", "approval_routes", "approvals_needed", "consent_text",
    "corrections_need_approval", "open_to_signup", "description", "dkim", "related_products", "ranking_lead",
    "ranking_closing", "ranking_news_title", "language", "own_return_path",
})  # fmt: skip
"""Columns that no letter shows which is written already."""

Faults = dict[str, Phrase]


def version(newsletter: Newsletter, names: Iterable[str]) -> str:
    """A digest (16 hex digits) of some values as they are now: stands in a form that shows them."""
    return digest_of([plain(getattr(newsletter, name)) for name in names])


def digest_of(values: object) -> str:
    """16 hex digits for *values* that JSON can hold."""
    return sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def plain(value: Any) -> Any:
    """A column's value as JSON holds it."""
    return value.value if isinstance(value, Tracking) else value


def faults(values: Mapping[str, Any]) -> Faults:
    """What is wrong with *values*, by name: why, and what to write instead. Empty where all may be kept."""
    found: Faults = {}
    for name, value in values.items():
        if (fault := _fault(name, value)) is not None:
            found[name] = fault
    return found


def _fault(name: str, value: Any) -> Phrase | None:
    if name in REQUIRED and not str(value).strip():
        return (
            phrase("this must not be empty: the law wants it in every letter")
            if name in LEGAL
            else phrase("this must not be empty")
        )
    if isinstance(value, str) and len(value) > (longest := LONGEST.get(name, LONGEST_TEXT)):
        return phrase("this is longer than {longest} characters: shorten it", longest=longest)
    if name in ADDRESSES and value:
        return _address_fault(value)
    if name == "list_id" and value and not mail_address.is_domain(value):
        return phrase("this is no name like ict.example.jp")
    if name == "approvals_needed" and value not in range(MAX_APPROVALS + 1):
        return phrase("choose a number from 0 to {most}", most=MAX_APPROVALS)
    if name == "fields":
        return fields_fault(value)
    if name == "related_products":
        return _products_fault(value)
    if name in ("quiet_from", "quiet_until") and value and not send_time.is_time_of_day(value):
        return phrase("write a time of day such as 21:00")
    if name == "slots":
        return monthly_slot.fault(value)
    if name == "test_groups":
        return test_group.fault(value)
    return None


def _address_fault(value: str) -> Phrase | None:
    try:
        mail_address.parse(value)
    except Invalid as error:
        return error.phrase
    return None


def fields_fault(fields: list[Any], *, labelled: bool = True) -> Phrase | None:
    """Why a newsletter cannot ask its readers *fields*; None where it can.

    Arguments:
        labelled: whether each needs its question: a file may leave it out, and the name stands in for it.
    """
    names = [str(field.get("name", "")) for field in fields if isinstance(field, dict)]
    if len(names) != len(fields) or not all(map(FIELD_NAME.fullmatch, names)):
        return phrase("the name of a field is made of small letters a to z, digits and _, and begins with a letter")
    if taken := sorted(set(names) & RESERVED):
        return phrase("“{name}” is asked of every reader already: choose another name", name=taken[0])
    if len(set(names)) < len(names):
        return phrase("two fields have one name: give one of them another")
    labels = [field.get("label") or "" for field in fields]
    if not all(isinstance(one, str) and len(one) <= LONGEST_LABEL and input_rule.is_line(one) for one in labels):
        return phrase("a question to readers is one line of up to {most} characters", most=LONGEST_LABEL)
    if labelled and not all(one.strip() for one in labels):
        return phrase("each field needs the question that readers see")
    if len(fields) > MOST_FIELDS:
        return phrase("nobody answers more than {most} questions: take some out", most=MOST_FIELDS)
    return None


def _products_fault(products: list[Any]) -> Phrase | None:
    for product in products:
        try:
            Product.model_validate(product)
        except ValidationError:
            return phrase("each product needs a name, and an address that begins with https://")
    return None


def change(
    session: Session,
    newsletter: Newsletter,
    values: Mapping[str, Any],
    by: Member | str,
    action: str = "edit newsletter",
) -> dict[str, list[Any]]:
    """Give a newsletter new values, and write down what they were before. What stays as it is is no change.

    Arguments:
        values: columns of :class:`~models.issues.newsletter.Newsletter`.
        action: what stands in the audit log.

    Returns:
        what has changed: before and after, by name.

    Raises:
        Invalid: a value may not be kept; the first one that is wrong.
    """
    for name, why in faults(values).items():
        raise Invalid(why, field=name)
    changed = {
        name: [plain(before), plain(value)]
        for name, value in values.items()
        if (before := getattr(newsletter, name)) != value
    }
    for name in changed:
        setattr(newsletter, name, values[name])
    session.flush()
    consent_version.keep(session, newsletter, by)
    if changed:
        audit.record(session, by, action, f"newsletter/{newsletter.id}", changed=changed)
    return changed


def changers_since(session: Session, since: Sequence[tuple[Issue, datetime]]) -> dict[int, set[int]]:
    """By issue, the members who have changed what stands in every letter of its newsletter after a moment (aware)."""
    query = select(AuditEntry.subject, AuditEntry.member_id, AuditEntry.at, AuditEntry.detail).where(
        AuditEntry.subject.in_({f"newsletter/{issue.newsletter_id}" for issue, _ in since}),
        AuditEntry.action.in_(_ACTS), AuditEntry.at > min(at for _, at in since), AuditEntry.member_id.is_not(None),
    )  # fmt: skip
    changes = [
        (subject, one, when) for subject, one, when, detail in session.execute(query)
        if not (names := set(detail.get("changed") or ())) or not names <= _IN_NO_LETTER
    ]  # fmt: skip
    return {
        issue.id: {one for subject, one, when in changes
                   if subject == f"newsletter/{issue.newsletter_id}" and when > at and one is not None}
        for issue, at in since
    }  # fmt: skip


def create(session: Session, slug: str, values: Mapping[str, Any], by: Member | str) -> Newsletter:
    """Make a newsletter.

    Arguments:
        slug: stands in the addresses of its pages, and stays.
        values: columns; those that the law wants must be there.

    Raises:
        Invalid: the first value that is wrong, or there is a newsletter of that slug.
    """
    for name, why in creation_faults(session, slug, values).items():
        raise Invalid(why, field=name)
    made = Newsletter(slug=slug, **values)
    session.add(made)
    session.flush()
    consent_version.keep(session, made, by)
    audit.record(session, by, "create newsletter", f"newsletter/{made.id}", slug=slug,
                 changed={name: [None, plain(value)] for name, value in values.items()})  # fmt: skip
    return made


def creation_faults(session: Session, slug: str, values: Mapping[str, Any]) -> Faults:
    """What is wrong with a newsletter that is not there yet."""
    found = faults({**dict.fromkeys(REQUIRED, ""), **values})
    if not re.fullmatch(SLUG, slug):
        found["slug"] = phrase("write small letters a to z, digits and hyphens, such as koho")
    elif session.scalar(select(Newsletter.id).where(Newsletter.slug == slug)) is not None:
        found["slug"] = phrase("there is a newsletter with this name in its address already: choose another")
    return found
