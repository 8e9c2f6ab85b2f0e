"""One digest of what is mailed: of the letter with every block, and of who gets it.

It is taken of the composed letter, so whatever the renderer comes to read is part of it without a line here. Approvals
are bound to it; a worker compares it before the first letter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from datetime import UTC
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.issues import approval, workflow
from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.review import send_window
from models.issues.workflow import Actor
from models.store.errors import Invalid
from models.store.language import Language

from ..translations import FOLDER, Phrase, phrase
from . import approved_words, compose
from .letter import Letter

_WORDING = ("email", "locale/ja/letters.po", "content/wording.py")
"""Files and folders below ``templates`` with the words that letters say by themselves."""

PARTS = {
    "subject": phrase("subject"),
    "preheader": phrase("preheader"),
    "blocks": phrase("the text of the issue"),
    "sender": phrase("sender, reply address, postal address or contact"),
    "theme": phrase("look of the newsletter"),
    "topics": phrase("names of topics"),
    "audiences": phrase("names of audiences"),
    "tracking": phrase("what is recorded of readers"),
    "recipients": phrase("who gets the issue"),
    "window": phrase("when the issue may go out"),
    "dated": phrase("the day that stands on the issue"),
    "correction_note": phrase("the note of the correction"),
    "wording": phrase("words that the programme adds to every letter"),
    "public": phrase("whether and where the issue is in the public archive"),
    "archive_url": phrase("whether and where the issue is in the public archive"),
    "archive_home_url": phrase("address of this site"),
    "base_url": phrase("address of this site"),
    "language": phrase("language of the issue"),
    "number": phrase("number of the issue"),
    "kind": phrase("kind of the issue"),
    "issue_id": phrase("number of the issue"),
    "other_addresses": phrase("former addresses of articles"),  # in approvals of earlier versions
    "embed_images": phrase("whether pictures are part of the letter"),
    "reader_fields": phrase("fields that the newsletter asks of readers"),
}
"""Every part of a letter but its articles and pictures, as staff call it."""


def of(session: Session, issue: Issue, letter: Letter | None = None) -> ContentDigest:
    """The digest of what would be mailed now.

    Arguments:
        letter: the letter with every block, where the caller has composed it already.
    """
    return of_letter(issue, letter or compose.everything(session, issue))


def of_letter(issue: Issue, letter: Letter) -> ContentDigest:
    """The digest of *letter* with every block, and of who gets it."""
    values: dict[str, Any] = {field.name: getattr(letter, field.name) for field in fields(letter)}
    for slug, article in values.pop("articles").items():
        values[f"article:{slug}"] = article
    del values["article_ids"]  # For counting: no reader sees which article is known at an address.
    for digest, image in values.pop("images").items():
        values[f"picture:{digest}"] = replace(image, data=b"")  # Its name is the digest of its bytes.
    del values["is_test"]  # Tests are never what is approved.
    del values["leave_address"]  # Of the installation, not of the letter: no reader sees it.
    values["dated"] = str(issue.dated or "")  # Otherwise the day of sending, which nobody knows before.
    values["public"] = issue.public
    if issue.not_before or issue.not_after:  # What was approved before there were windows stays approved.
        values["window"] = [at and at.astimezone(UTC) for at in (issue.not_before, issue.not_after)]
    values["recipients"] = [issue.audience, issue.segment, issue.correction_of_id, bool(issue.corrects_all)]
    values["audiences"] = {audience.slug: audience.name for audience in issue.newsletter.audiences}
    values["wording"] = _wording()
    parts = {name: _sha256(value) for name, value in values.items()}
    return ContentDigest(parts, approved_words.of_letter(issue, letter))


def words(names: Iterable[str], language: Language) -> str:
    """The parts called *names*, as a person would call them."""
    return ("、" if language == "ja" else ", ").join(dict.fromkeys(one.say(language) for one in _phrases(names)))


def reason(session: Session, issue: Issue, content: ContentDigest) -> Phrase | None:
    """Why the issue's approval does not hold for *content*; None where it holds, or none is needed."""
    if approval.is_complete(session, issue, content):
        return send_window.why_over(issue) if send_window.is_over(issue) else None
    last = approval.last_approved(session, issue)
    if last is None:
        return phrase("too few people have approved this issue")
    if not last.parts:
        return phrase("it was approved with an older version of Kairan, which looked at less: have it approved again")
    changed = content.changed_since(last.parts)
    if not changed:
        return phrase("too few people have approved this issue")
    language = issue.newsletter.staff_language
    return phrase(
        "it has changed since its approval ({parts}): read it again, and have it approved again",
        parts=words(changed, language),
    )


def check_approved(session: Session, issue: Issue, letter: Letter | None = None) -> None:
    """Let only an issue pass that is approved exactly as it would be mailed now.

    Raises:
        Invalid: it is not; the text says what has changed.
    """
    if why := reason(session, issue, of(session, issue, letter)):
        raise Invalid(_said(issue, why))


def return_if_changed(session: Session, issue: Issue, actor: Actor) -> bool:
    """Make an approved or scheduled issue, which the caller has locked, a draft again where its approval is void.

    Where it, or its repair, is being decided on, whoever is to decide on it as it is now is asked anew instead.
    """
    if issue.awaits_decision:
        _ask_if_changed(session, issue, actor)
    if issue.state not in (IssueState.APPROVED, IssueState.SCHEDULED):
        return False
    why = reason(session, issue, of(session, issue))
    if why is not None:
        workflow.return_changed(session, issue, actor, _said(issue, why))
    return why is not None


def _ask_if_changed(session: Session, issue: Issue, actor: Actor) -> None:
    if not (known := approval.last_known(session, issue)):
        return  # Nobody has said anything yet that could be void.
    try:
        content = of(session, issue)
    except Invalid:
        return  # Its page says why it cannot be put together.
    if content.whole != known and (why := reason(session, issue, content)) is not None:
        workflow.ask_anew(session, issue, actor, content, _said(issue, why))


def _said(issue: Issue, why: Phrase) -> str:
    return why.say(issue.newsletter.staff_language)


def _phrases(names: Iterable[str]) -> Iterator[Phrase]:
    for name in names:
        kind, _colon, which = name.partition(":")
        if kind == "article":
            yield phrase("article “{name}”", name=which)
        elif kind == "picture":
            yield phrase("a picture")
        else:
            # Approvals are kept for ever, and may name a part that letters no longer have.
            yield PARTS.get(name) or phrase("{name} of the letter", name=name)


def _sha256(value: Any) -> str:
    return sha256(json.dumps(value, default=_plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    return str(value)


@cache
def _wording() -> str:
    found = sha256()
    for name in _WORDING:
        path = FOLDER.parent / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "transactional" not in file.parts and file.name != "transactional.html":
                found.update(file.read_bytes())
    return found.hexdigest()
