"""The reader's own page, behind the link in every letter: what is chosen, details, address; and what is asked for here.

What a link may do stands in :mod:`models.readers.link_rights`; the views here ask it and nothing else.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from models.issues.newsletter import Tracking
from models.readers import address_change, preferences
from models.readers import unsubscribe as leaving
from models.readers.link_rights import LinkAction, LinkRight, ReaderLink
from models.readers.profile import Profile, custom_fields
from models.readers.profile import current as current_profile
from models.readers.signup_limit import SignUpsBusy
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store.language import LANGUAGES, Language
from models.store.mail_address import masked
from models.store.token import BadToken
from templates.content.calendar_words import moment_in_words

from ..language import language
from ..request import client_address, csrf_exempt, session
from . import forms
from .blueprint import blueprint
from .forms import Form, FormErrors

# The token in the address is the secret that other pages have a cookie for, so nothing here checks CSRF.


@blueprint.get("/p/<token>")
def preferences_page(token: str) -> str:
    """Show what the reader chose in a form; name and details only to a fresh link."""
    link, subscription = _of(token)
    done = request.args.get("done", "")
    return _page(token, link, subscription, _stored_values(link.reader, subscription), {}, done=done)


@blueprint.post("/p/<token>")
@csrf_exempt
def submit_preferences(token: str) -> ResponseReturnValue:
    """Take over what the reader chose; name and details only from a fresh link."""
    link, subscription = _of(token, lock=True)
    if refusal := _refusal(token, link, subscription, LinkAction.CHOOSE):
        return refusal
    form: Form = request.form
    details = link.may(LinkAction.CHANGE_DETAILS)
    taken, errors = forms.read_details(
        subscription.newsletter, form, letter_language=_letter_language(form), details=details
    )
    if taken is None:
        return _page(token, link, subscription, form, errors), 422
    preferences.change(
        session(),
        subscription,
        _with_tracking_choice(taken, subscription),
        details=details,
        client=client_address(),
        user_agent=request.user_agent.string,
    )
    return _redirect(token, subscription, "saved")


@blueprint.post("/p/<token>/link")
@csrf_exempt
def request_fresh_link(token: str) -> ResponseReturnValue:
    """Write to the reader a link of a day, which shows and changes everything."""
    link, subscription = _of(token, lock=True)
    if refusal := _refusal(token, link, subscription, LinkAction.ASK_LINK):
        return refusal
    preferences.request_fresh_link(session(), subscription)
    return _redirect(token, subscription, "link")


@blueprint.post("/p/<token>/address")
@csrf_exempt
def submit_new_address(token: str) -> ResponseReturnValue:
    """Write to the new address; the answer does not tell whether it is known."""
    link, subscription = _of(token, lock=True)
    if refusal := _refusal(token, link, subscription, LinkAction.ASK_ADDRESS):
        return refusal
    address, errors = forms.read_address(request.form)
    shown = _stored_values(link.reader, subscription)
    shown["address"] = request.form.get("address", "")
    if address is None:
        return _page(token, link, subscription, shown, errors), 422
    try:
        address_change.request(session(), link.reader, address)
    except SignUpsBusy:
        return _page(token, link, subscription, shown, {"address": forms.busy()}), 429
    return _redirect(token, subscription, "address")


@blueprint.post("/p/<token>/data")
@csrf_exempt
def request_own_data(token: str) -> ResponseReturnValue:
    """Write to the reader where the copy can be fetched: whoever has a forwarded letter shall not see it."""
    link, subscription = _of(token, lock=True)
    if refusal := _refusal(token, link, subscription, LinkAction.ASK_COPY):
        return refusal
    preferences.request_own_data(session(), subscription)
    return _redirect(token, subscription, "data")


@blueprint.get("/p/<token>/erase")
def erase_page(token: str) -> ResponseReturnValue:
    """Say what erasing means, with a button that has a letter sent."""
    link, subscription = _of(token)
    if refusal := _refusal(token, link, subscription, LinkAction.ASK_ERASURE):
        return refusal
    return render_template(
        "public/erase.html", newsletter=subscription.newsletter, token=token, masked=masked(link.reader.address or "")
    )


@blueprint.post("/p/<token>/erase")
@csrf_exempt
def request_erasure(token: str) -> ResponseReturnValue:
    """Write to the reader where the data can be erased: whoever has a forwarded letter shall not do it."""
    link, subscription = _of(token, lock=True)
    if refusal := _refusal(token, link, subscription, LinkAction.ASK_ERASURE):
        return refusal
    preferences.request_erasure(session(), subscription)
    return _redirect(token, subscription, "erase")


def _of(token: str, *, lock: bool = False) -> tuple[ReaderLink, Subscription]:
    """The link, and the subscription that the page is about: of the letter, as asked for, or the first.

    Raises:
        BadToken: the link was never good, or the reader's data were erased.
    """
    link = preferences.find_by_link(session(), token, lock=lock)
    wanted = request.args.get("newsletter", "")
    subscriptions = [one for one in link.reader.subscriptions if link.newsletter_id in (None, one.newsletter_id)]
    known = sorted(subscriptions, key=lambda one: (one.newsletter.slug != wanted, _rank(one), one.id))
    if not known:
        raise BadToken("the reader subscribes to nothing")
    return link, known[0]


def _rank(subscription: Subscription) -> bool:
    return subscription.state is not SubscriptionState.ACTIVE


def _refusal(
    token: str, link: ReaderLink, subscription: Subscription, action: LinkAction
) -> ResponseReturnValue | None:
    """The page that says why a link may not do this now, and what to do; None where it may."""
    if link.may(action):
        return None
    stored = _stored_values(link.reader, subscription)
    done = "held" if link.is_held(action) else "mailbox"
    return _page(token, link, subscription, stored, {}, done=done), 403


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
    token: str, link: ReaderLink, subscription: Subscription, form: Form, errors: FormErrors, *, done: str = ""
) -> str:
    reader = link.reader
    details = link.may(LinkAction.SEE_DETAILS)
    return render_template(
        "public/preferences.html",
        newsletter=subscription.newsletter,
        subscription=subscription,
        others=[one for one in reader.subscriptions if one is not subscription] if details else [],
        token=token,
        unsubscribe=url_for("public.unsubscribe", link=leaving.link(subscription)),
        masked=masked(reader.address or ""),
        form=form,
        errors=errors,
        own_fields=custom_fields(subscription.newsletter),
        prefix=forms.CUSTOM_FIELD_PREFIX,
        done=done,
        may_choose=link.may(LinkAction.CHOOSE),
        details=details,
        needs_link=link.right(LinkAction.SEE_DETAILS) is LinkRight.MAILBOX,
        held_until=moment_in_words(link.held_until, language()) if link.held_until else "",
    )
