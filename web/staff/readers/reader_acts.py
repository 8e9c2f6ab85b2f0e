"""What is done to one reader besides editing: mail stopped or let go on, a new address, a copy of the data, erasing."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models.privacy import own_data
from models.readers import address_change
from models.readers.address_change import AddressHeld
from models.readers.by_staff import mail_stop, reader_edit
from models.readers.by_staff.mail_stop import StopReason
from models.readers.signup_limit import SignUpsBusy
from models.readers.subscriber import Subscription, SubscriptionState
from models.staff import audit
from models.staff.permission import Permission
from models.store import mail_address
from models.store.errors import Invalid, WrongState
from templates.content.calendar_words import moment_in_words

from ...language import _, language
from ...request import session
from .. import access
from ..csv_download import attachment
from ..login_session import blueprint, member
from . import list_query
from .reader_page import covers_every, found, show


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/stop")
def stop_reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """Mail this reader no more."""

    def stop(one: Subscription) -> str:
        chosen = next((each for each in StopReason if each.value == request.form.get("reason")), None)
        if chosen is None:
            raise Invalid("choose a reason", field="reason")
        mail_stop.stop(session(), one, chosen, mail_stop.checked_note(request.form.get("stop_note", "")), member())
        return _("No more letters of this newsletter go to this reader.")

    return _change(slug, reader_id, stop)


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/lift")
def lift_stop(slug: str, reader_id: int) -> ResponseReturnValue:
    """Let this reader be mailed again."""

    def lift(one: Subscription) -> str:
        mail_stop.lift(session(), one, mail_stop.checked_note(request.form.get("stop_note", "")), member())
        return _lifted(one)

    return _change(slug, reader_id, lift)


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/address")
def ask_for_new_address(slug: str, reader_id: int) -> ResponseReturnValue:
    """Write to a new address; its owner confirms it."""

    def ask(one: Subscription) -> str:
        try:
            typed = mail_address.parse(request.form.get("new_address", ""))
        except Invalid as error:
            raise Invalid(error.message, field="new_address") from error
        reader_edit.request_address(session(), one, typed, member())
        return _(
            "If the new address can be mailed, a letter is on its way to it. Nothing changes before its owner confirms."
        )

    return _change(slug, reader_id, ask)


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/export")
def export_reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """Everything that is kept about the reader, of the newsletters whose readers this person may take out (開示)."""
    one = found(slug, reader_id)
    seen = access.scope(Permission.EXPORT_SUBSCRIBERS)
    copy = own_data.collect(session(), one.subscriber, seen)
    audit.record(session(), member(), "export reader", f"subscriber/{reader_id}", newsletter=one.newsletter_id)
    written = json.dumps(copy, ensure_ascii=False, indent=2).encode()
    return attachment(f"reader-{reader_id}.json", [written], "application/json")


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/erase")
def erase_reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """Empty everything that tells who the reader is, in all newsletters."""
    one = found(slug, reader_id, lock=True)
    if not covers_every():
        said = _("Erasing is felt in every newsletter, so it takes a role for all of them. Ask an administrator.")
        return show(one, {"erase_address": said}, 409)
    typed = mail_address.normalise(request.form.get("erase_address", "")).casefold()
    if typed != one.subscriber.address_key:
        said = _("This is not the reader's address. Nothing was erased.")
        return show(one, {"erase_address": said}, 422)
    try:
        address_change.check_not_held(session(), one.subscriber)
    except AddressHeld as error:
        return show(one, {"erase_address": _held(error)}, 409)
    own_data.erase(session(), one.subscriber)
    audit.record(session(), member(), "erase", f"subscriber/{reader_id}", newsletter=one.newsletter_id)
    flash(_("The reader's data are erased."))
    return redirect(url_for("staff.reader_list", slug=slug, **list_query.carried()))


def _lifted(one: Subscription) -> str:
    """Whether letters go again, now that a stop is lifted."""
    if mail_stop.is_mailed(session(), one):
        return _("Letters go to this reader again.")
    if one.state is SubscriptionState.ENDED:
        return _("The stop is lifted. The subscription has ended, though, so no letters go before the reader signs up "
                 "again, or is added with evidence that they agree.")  # fmt: skip
    return _("The stop is lifted. Letters do not go yet: this page says what still keeps them back.")


def _change(slug: str, reader_id: int, change: Callable[[Subscription], str]) -> ResponseReturnValue:
    """Do something to a reader and say what *change* answers; or say why not, on the page as it is now."""
    one = found(slug, reader_id, lock=True)
    try:
        done = change(one)
    except AddressHeld as error:
        return _refused(slug, reader_id, "new_address", _held(error), 409)
    except WrongState:
        said = _("Somebody else was faster, or the reader was. This is how it stands now.")
        return _refused(slug, reader_id, "", said, 409)
    except SignUpsBusy:
        said = _("More sign-ups come in than letters may go out. Try again in an hour.")
        return _refused(slug, reader_id, "", said, 429)
    except Invalid as error:
        return _refused(slug, reader_id, error.field, error.say(language()), 422)
    flash(done)
    return redirect(url_for("staff.reader", slug=slug, reader_id=reader_id, **list_query.carried()))


def _refused(slug: str, reader_id: int, field: str, said: str, status: int) -> ResponseReturnValue:
    session().rollback()
    return show(found(slug, reader_id), {field: said}, status)


def _held(error: AddressHeld) -> str:
    until = moment_in_words(error.until, language())
    return _("The address was changed lately. Its old owner may undo that until %(until)s; this has to wait.",
             until=until)  # fmt: skip
