"""The reader's own page, behind the link in every letter: details, address, a copy of the data, erasure."""

from __future__ import annotations

import json

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from models.issues.issue import Issue
from models.issues.newsletter import Tracking
from models.privacy import own_data
from models.readers import address_change, preferences
from models.readers.profile import Profile, custom_fields
from models.readers.profile import current as current_profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import token as tokens
from models.store.language import LANGUAGES, Language
from models.store.mail_address import masked
from models.store.token import BadToken, Purpose

from ..language import _
from ..request import client_address, csrf_exempt, session
from . import forms
from .blueprint import blueprint
from .forms import Form, FormErrors

# The token in the address is the secret that other pages have a cookie for, so nothing here checks CSRF.


@blueprint.get("/p/<token>")
def preferences_page(token: str) -> str:
    """Show the reader's profile in a form."""
    reader, subscription = _of(token)
    done = request.args.get("done", "")
    return _page(token, reader, subscription, _stored_values(reader, subscription), {}, done=done)


@blueprint.post("/p/<token>")
@csrf_exempt
def submit_preferences(token: str) -> ResponseReturnValue:
    """Take over the reader's profile."""
    reader, subscription = _of(token, lock=True)
    form: Form = request.form
    letter_language = _letter_language(form)
    taken, errors = forms.read_details(subscription.newsletter, form, letter_language=letter_language)
    if taken is None:
        return _page(token, reader, subscription, form, errors), 422
    preferences.change(
        session(),
        subscription,
        _with_tracking_choice(taken, subscription),
        client=client_address(),
        user_agent=request.user_agent.string,
    )
    return _redirect(token, subscription, "saved")


@blueprint.post("/p/<token>/address")
@csrf_exempt
def submit_new_address(token: str) -> ResponseReturnValue:
    """Write to the new address; the answer does not tell whether it is known."""
    reader, subscription = _of(token, lock=True)
    address, errors = forms.read_address(request.form)
    if address is None:
        shown = _stored_values(reader, subscription)
        shown["address"] = request.form.get("address", "")
        return _page(token, reader, subscription, shown, errors), 422
    address_change.request(session(), reader, address)
    return _redirect(token, subscription, "address")


@blueprint.post("/p/<token>/data")
@csrf_exempt
def request_own_data(token: str) -> ResponseReturnValue:
    """Write to the reader where the copy can be fetched: whoever has a forwarded letter shall not see it."""
    _reader, subscription = _of(token, lock=True)
    preferences.request_own_data(session(), subscription)
    return _redirect(token, subscription, "data")


@blueprint.get("/data/<token>")
def own_data_page(token: str) -> str:
    """Where the letter's link leads: a button that fetches the copy."""
    reader = preferences.find_by_data_link(session(), token)
    return render_template("public/own_data.html", token=token, masked=masked(reader.address or ""))


@blueprint.get("/data/<token>/kairan-data.json")
def own_data_json(token: str) -> Response:
    """Everything that is kept about the reader, as a file."""
    reader = preferences.find_by_data_link(session(), token)
    whole = json.dumps(own_data.collect(session(), reader), ensure_ascii=False, indent=2)
    return Response(
        whole + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="kairan-data.json"'},
    )


@blueprint.get("/p/<token>/erase")
def erase_page(token: str) -> str:
    """Say what erasing means, with a button."""
    reader, subscription = _of(token)
    return render_template(
        "public/erase.html", newsletter=subscription.newsletter, token=token, masked=masked(reader.address or "")
    )


@blueprint.post("/p/<token>/erase")
@csrf_exempt
def submit_erasure(token: str) -> ResponseReturnValue:
    """Empty everything that tells who the reader is."""
    reader, subscription = _of(token, lock=True)
    if request.form.get("sure") != "yes":
        errors = {"sure": _("Please tick the box if you are sure.")}
        return render_template(
            "public/erase.html",
            newsletter=subscription.newsletter,
            token=token,
            masked=masked(reader.address or ""),
            errors=errors,
        ), 422
    own_data.erase(session(), reader)
    return render_template("public/erased.html", newsletter=subscription.newsletter)


def _of(link: str, *, lock: bool = False) -> tuple[Subscriber, Subscription]:
    """The reader, and the subscription that the page is about: of the letter's issue, as asked for, or the first.

    Raises:
        BadToken: the link was never good, or the reader's data were erased.
    """
    reader, issue_id = preferences.find_by_link(session(), link, lock=lock)
    issue = session().get(Issue, issue_id) if issue_id else None
    wanted = request.args.get("newsletter") or (issue.newsletter.slug if issue else "")
    known = sorted(reader.subscriptions, key=lambda one: (one.newsletter.slug != wanted, _rank(one), one.id))
    if not known:
        raise BadToken("the reader subscribes to nothing")
    return reader, known[0]


def _rank(subscription: Subscription) -> bool:
    return subscription.state is not SubscriptionState.ACTIVE


def _letter_language(form: Form) -> Language:
    return next((code for code in LANGUAGES if code == form.get("language")), "ja")


def _with_tracking_choice(taken: Profile, subscription: Subscription) -> Profile:
    """The new details, where the form had no such question with what is there."""
    if subscription.newsletter.tracking is Tracking.INDIVIDUAL:
        return taken
    return taken.model_copy(update={"tracking_refused": subscription.subscriber.tracking_refused})


def _stored_values(reader: Subscriber, subscription: Subscription) -> Form:
    """What is known of the reader, as the form would send it."""
    known, newsletter = current_profile(reader, subscription), subscription.newsletter
    shown: Form = MultiDict(
        {
            "name": known.name,
            "kana": known.kana,
            "organisation": known.organisation,
            "language": known.language,
            "audience": next((one.slug for one in newsletter.audiences if one.id == known.audience_id), ""),
            "tracking_refused": "yes" if known.tracking_refused else "",
            **{forms.CUSTOM_FIELD_PREFIX + name: text for name, text in known.fields.items()},
        }
    )
    shown.setlist("topics", [one.slug for one in newsletter.topics if one.id in known.topic_ids])
    return shown


def _redirect(token: str, subscription: Subscription, done: str) -> ResponseReturnValue:
    slug = subscription.newsletter.slug
    return redirect(url_for("public.preferences_page", token=token, newsletter=slug, done=done), 303)


def _page(
    token: str, reader: Subscriber, subscription: Subscription, form: Form, errors: FormErrors, *, done: str = ""
) -> str:
    leave = tokens.make(Purpose.UNSUBSCRIBE, 0, reader.id)
    return render_template(
        "public/preferences.html",
        newsletter=subscription.newsletter,
        subscription=subscription,
        others=[one for one in reader.subscriptions if one is not subscription],
        token=token,
        unsubscribe=url_for("public.unsubscribe", link=leave, newsletter=subscription.newsletter.slug),
        masked=masked(reader.address or ""),
        form=form,
        errors=errors,
        own_fields=custom_fields(subscription.newsletter),
        prefix=forms.CUSTOM_FIELD_PREFIX,
        done=done,
    )
