"""One reader of a newsletter: who it is, what they agreed to, what they got and read, and what keeps mail from them.

What a reader has to do with other newsletters is shown to nobody here: a page is about one subscription. Every look is
written down in the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.readers import address_change, consent_history
from models.readers.by_staff import mail_stop, reader_edit
from models.readers.profile import custom_fields
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.suppression import Suppression, is_lifted_by_staff
from models.readers.unsubscribe import UNSUBSCRIBED
from models.reports import reader_history
from models.staff import audit
from models.staff.permission import Permission
from models.store import input_rule
from models.store.mail_address import masked, masked_within

from ...request import commit, session
from .. import access
from ..login_session import blueprint, member
from . import list_query, reader_words


class ShownStop(NamedTuple):
    """Something that keeps a reader from being mailed, as the page tells it."""

    suppression: Suppression
    note: str
    """Empty where it tells of another newsletter, or of one that is not this person's."""


def found(slug: str, reader_id: int, *, lock: bool = False) -> Subscription:
    """The subscription that a page is about; see :func:`models.readers.by_staff.reader_edit.get`."""
    return reader_edit.get(session(), newsletters.find(session(), slug), reader_id, lock=lock)


@blueprint.get("/newsletters/<slug>/readers/<int:reader_id>")
def reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """The page."""
    return show(found(slug, reader_id))


@blueprint.get("/newsletters/<slug>/readers/<int:reader_id>/<any(stop, lift, address, export, erase):_act>")
def reader_again(slug: str, reader_id: int, _act: str) -> ResponseReturnValue:
    """Lead on whoever loads an address again that one of the page's forms has left in the browser."""
    return redirect(url_for("staff.reader", slug=slug, reader_id=reader_id, **list_query.carried()))


def show(one: Subscription, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    """The page of one reader; what was typed into one of its forms is in it again."""
    note_look(one, status)
    newsletter, person = one.newsletter, one.subscriber
    before = input_rule.whole_number(request.args.get("letters", "0"), most=input_rule.MAX_INTEGER) or 0
    stopped = [ShownStop(each, _note(session(), each, newsletter)) for each in mail_stop.present(session(), one)]
    liftable = any(is_lifted_by_staff(each.suppression) for each in stopped)
    page = render_template(
        "staff/readers/reader.html", edited=newsletter, one=one, reader=person, errors=errors or {},
        typed=request.form if errors else {}, carried=list_query.carried(), words=reader_words,
        fields=[(each.label, person.fields.get(each.name, "")) for each in custom_fields(newsletter)],
        got=reader_history.letters(session(), newsletter.id, person.id, before), letters_before=before,
        consents=consent_history.of_reader(session(), person.id, newsletter.id),
        changes=address_change.list_of(session(), person), stopped=stopped, masked=masked,
        liftable=liftable, stop_choices=_stop_choices(one, stopped) if liftable else reader_words.stop_choices(),
        history=mail_stop.history(session(), one), held=address_change.held_until(session(), person),
        answer=lambda said: masked_within(said or "", but=person.address or ""),
        states=SubscriptionState, covers_all=covers_every(), topic_names=_topics(newsletter, one),
    )  # fmt: skip
    return make_response(page, status)


def _stop_choices(one: Subscription, stopped: Sequence[ShownStop]) -> list[tuple[str, str]]:
    """Whom others have stopped can still have left: then neither they nor an import that is undone bring them back."""
    has_left = one.ended_reason == UNSUBSCRIBED and not any(each.suppression.import_id for each in stopped)
    return [] if has_left else reader_words.stop_choices()[:1]


def note_look(one: Subscription, status: int = 200) -> None:
    """Write down that somebody looks at a reader; an answer that takes everything else back keeps that."""
    audit.record(session(), member(), "look at reader", f"subscriber/{one.subscriber_id}",
                 newsletter=one.newsletter_id)  # fmt: skip
    if status >= 400:
        commit()


def covers_every() -> bool:
    """Whether the person who asks may change readers of every newsletter that there is.

    Erasing a reader is felt in all of them. That this depends on the person alone tells nothing about the reader.
    """
    allowed = access.scope(Permission.EDIT_SUBSCRIBERS)
    return all(one.id in allowed for one in newsletters.list_all(session()))


def _note(session: Session, one: Suppression, newsletter: Newsletter) -> str:
    if one.note.startswith("issue/"):
        issue = mail_stop.issue_of_note(session, one, newsletter.id)
        return f"No. {issue.number} {issue.subject}" if issue else ""
    return masked_within(one.note) if one.newsletter_id == newsletter.id or covers_every() else ""


def _topics(newsletter: Newsletter, one: Subscription) -> list[str]:
    names = {topic.id: topic.name for topic in newsletter.topics}
    return [names[number] for number in one.topic_ids if number in names]
