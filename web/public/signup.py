"""The sign-up form."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict

import settings
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.readers import signup
from models.readers.profile import custom_fields
from models.readers.signup_limit import SignUpsBusy

from .. import consent_text
from ..language import _
from ..request import client_address, commit, csrf, csrf_exempt, session
from . import bot_check, forms, proof_of_work, signup_rate
from .blueprint import blueprint
from .forms import Form, FormErrors


@blueprint.get("/subscribe/<slug>")
def subscribe(slug: str) -> ResponseReturnValue:
    """Show the form; where the newsletter takes no sign-ups, say so."""
    newsletter = newsletters.find(session(), slug)
    if not newsletter.open_to_signup:
        return render_template("public/signup_closed.html", newsletter=newsletter), 403
    return _form(newsletter, MultiDict(), {})


@blueprint.post("/subscribe/<slug>")
@csrf_exempt  # checked below, where what was typed is still at hand
def submit_signup(slug: str) -> ResponseReturnValue:
    """Take the form. The answer is the same whoever's address it is, and takes as long."""
    newsletter = newsletters.find(session(), slug)
    form: Form = request.form
    verdict = bot_check.check(form)
    if verdict is bot_check.BotVerdict.MACHINE:
        return _sent(newsletter)
    address, errors = forms.read_address(form)
    profile, detail_errors = forms.read_details(newsletter, form)
    errors |= detail_errors
    if form.get("agreed") != "yes":
        errors["agreed"] = _("Please read the conditions and tick the box if you agree.")
    elif form.get("terms") != consent_text.digest(newsletter):
        errors["agreed"] = _("The conditions have changed since you opened the form. Please read them once more.")
    if not errors:
        errors |= _bot_errors(verdict)
    if errors or address is None or profile is None:
        return _form(newsletter, form, errors), 422
    if not proof_of_work.is_done(form) and (wait := signup_rate.seconds_to_wait()):
        return _form(newsletter, form, {}, wait), 429, {"Retry-After": str(wait)}
    try:
        with bot_check.constant_time():
            signup.sign_up(
                session(),
                newsletter,
                address,
                profile,
                agreed=consent_text.full_text(newsletter),
                client=client_address(),
                user_agent=request.user_agent.string,
            )
            commit()
    except SignUpsBusy:
        return _form(newsletter, form, {"": forms.busy()}), 429
    return _sent(newsletter)


@blueprint.get("/subscribe/<slug>/sent")
def signup_sent(slug: str) -> str:
    """Say what happens now: the same for everyone."""
    newsletter = newsletters.find(session(), slug)
    return render_template("public/signup_sent.html", newsletter=newsletter, days=settings.get().confirm_days)


def _bot_errors(verdict: bot_check.BotVerdict) -> FormErrors:
    """What must be sent once more, though every entry is right."""
    try:
        csrf.protect()
    except CSRFError:
        return {"": _("The form had been open for long, or your browser keeps no cookies. Please send it once more.")}
    if verdict is bot_check.BotVerdict.UNSURE:
        return {"": _("The form came very quickly. Please look over your entries and send it once more.")}
    return {}


def _sent(newsletter: Newsletter) -> ResponseReturnValue:
    return redirect(url_for("public.signup_sent", slug=newsletter.slug), 303)


def _form(newsletter: Newsletter, form: Form, errors: FormErrors, wait: int = 0) -> str:
    """The form. *wait*: seconds for which the sender's network has sent enough of them."""
    # Whoever is asked to send it once more keeps the time at which the form was first shown.
    began = form.get(bot_check.TIME_FIELD) if bot_check.is_fresh(form) else None
    return render_template(
        "public/signup.html",
        newsletter=newsletter,
        form=form,
        errors=errors,
        own_fields=custom_fields(newsletter),
        prefix=forms.CUSTOM_FIELD_PREFIX,
        terms=consent_text.paragraphs(newsletter),
        terms_digest=consent_text.digest(newsletter),
        invisible_field=bot_check.INVISIBLE_FIELD,
        time_field=bot_check.TIME_FIELD,
        signed_time=began or bot_check.signed_time(),
        wait=wait,
        challenge=proof_of_work.challenge() if wait else "",
        bits=proof_of_work.BITS,
    )
