"""Confirming by the link in a letter. A GET only shows a button: link scanners must not confirm for anyone."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.readers import address_change, address_undo, signup
from models.readers.profile import Profile
from models.readers.subscriber import Subscription, SubscriptionState
from models.store.mail_address import masked

from ..request import client_address, csrf_exempt, session
from .blueprint import blueprint

# The token in the address is the secret; a check by cookie would only keep people out whose browsers keep none.


@blueprint.get("/confirm/<token>")
def confirm(token: str) -> str:
    """Show what is to be confirmed, with a button."""
    return _confirmation(signup.find_by_link(session(), token), token)


def _confirmation(subscription: Subscription, token: str) -> str:
    answers = signup.pending_answers(subscription, token)
    profile = answers.profile if answers else Profile()
    newsletter = subscription.newsletter
    return render_template(
        "public/confirm.html",
        newsletter=newsletter,
        subscription=subscription,
        profile=profile,
        audience=next((one.name for one in newsletter.audiences if one.id == profile.audience_id), ""),
        topics=[one.name for one in newsletter.topics if one.id in profile.topic_ids],
        masked=masked(subscription.subscriber.address or ""),
    )


@blueprint.post("/confirm/<token>")
@csrf_exempt
def submit_confirmation(token: str) -> str:
    """The subscription begins. Of a link that was used, the page leads nowhere: who knows it may not be the reader."""
    subscription = signup.find_by_link(session(), token, lock=True)
    if subscription.state is SubscriptionState.ACTIVE:
        return _confirmation(subscription, token)
    signup.confirm(session(), token, client=client_address(), user_agent=request.user_agent.string)
    return render_template(
        "public/confirmed.html",
        newsletter=subscription.newsletter,
        links=signup.reader_links(subscription),
    )


@blueprint.get("/address/<token>")
def confirm_address(token: str) -> str:
    """Show the new address, with a button."""
    change = address_change.find_by_link(session(), token)
    return render_template("public/address/confirm_address.html", change=change, newsletter=_newsletter(change))


@blueprint.post("/address/<token>")
@csrf_exempt
def submit_address(token: str) -> ResponseReturnValue:
    """The new address takes effect."""
    change = address_change.confirm(session(), token, client=client_address(), user_agent=request.user_agent.string)
    return render_template("public/address/address_confirmed.html", change=change, newsletter=_newsletter(change))


@blueprint.get("/address/undo/<token>")
def undo_address(token: str) -> str:
    """Show what would be as before, with a button."""
    change = address_undo.find_by_link(session(), token)
    return render_template(
        "public/address/undo_address.html",
        change=change,
        masked=masked(change.old_address or change.subscriber.address or ""),
        newsletter=_newsletter(change),
    )


@blueprint.post("/address/undo/<token>")
@csrf_exempt
def submit_address_undo(token: str) -> str:
    """The old address is in use again."""
    change = address_undo.undo(session(), token, client=client_address(), user_agent=request.user_agent.string)
    return render_template(
        "public/address/undo_address.html",
        change=change,
        masked=masked(change.subscriber.address or ""),
        newsletter=_newsletter(change),
    )


def _newsletter(change: address_change.AddressChange) -> object:
    return next((one.newsletter for one in change.subscriber.subscriptions), None)
