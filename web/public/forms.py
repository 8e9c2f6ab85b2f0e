"""Reading what somebody typed about themselves, with every mistake named in the page's language."""

from __future__ import annotations

from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from models.issues.newsletter import Newsletter, Tracking
from models.readers import profile
from models.readers.profile import MAX_LENGTH, Profile
from models.store import mail_address
from models.store.errors import Invalid
from models.store.language import Language
from models.store.mail_address import MailAddress

from ..language import _, language

CUSTOM_FIELD_PREFIX = "own-"
"""Before the names of the newsletter's own fields, so that none is taken for one of ours."""

CHOICES = ("audience", "topics", "language", "tracking_refused")
"""The fields that tell nobody who the reader is."""

Form = MultiDict[str, str]
FormErrors = dict[str, str]


class DetailsResult(NamedTuple):
    """What was typed; ``profile`` is None where ``errors`` say why not."""

    profile: Profile | None
    errors: FormErrors


def read_details(
    newsletter: Newsletter, form: Form, *, letter_language: Language | None = None, details: bool = True
) -> DetailsResult:
    """The reader's profile from a form.

    Arguments:
        letter_language: the language of letters; that of the page where the form does not ask.
        details: whether the form asks for the name and other details.
    """
    if not details:
        form = MultiDict([(key, text) for key in CHOICES for text in form.getlist(key)])
    errors = _errors(newsletter, form, details=details)
    if errors:
        return DetailsResult(None, errors)
    refused = newsletter.tracking is Tracking.INDIVIDUAL and bool(form.get("tracking_refused"))
    try:
        taken = profile.validate(
            newsletter,
            name=form.get("name", ""),
            kana=form.get("kana", ""),
            organisation=form.get("organisation", ""),
            audience=form.get("audience", ""),
            topics=form.getlist("topics"),
            fields={
                one.name: form.get(CUSTOM_FIELD_PREFIX + one.name, "") for one in profile.custom_fields(newsletter)
            },
            language=letter_language or language(),
            tracking_refused=refused,
            complete=details,
        )
    except Invalid as error:
        # Only a form that we did not make comes here: an audience or a topic that there is not.
        return DetailsResult(None, {error.field: _("Please choose from what the form offers.")})
    return DetailsResult(taken, {})


def read_address(form: Form) -> tuple[MailAddress | None, FormErrors]:
    """The mail address from a form."""
    typed = form.get("address", "").strip()
    if not typed:
        return None, {"address": _("Please enter your mail address.")}
    try:
        return mail_address.parse(typed), {}
    except Invalid:
        wrong = _("This is not a complete mail address. Please enter it in a form like name@example.jp.")
        return None, {"address": wrong}


def busy() -> str:
    """What a form says while more letters are asked for than may go out."""
    return _("Very many sign-ups are coming in. Please keep this page open, and send the form again in an hour.")


def _errors(newsletter: Newsletter, form: Form, *, details: bool) -> FormErrors:
    found: FormErrors = {}
    texts = {"name": _("Name"), "kana": _("Reading of the name"), "organisation": _("Organisation")}
    own = {CUSTOM_FIELD_PREFIX + one.name: one for one in profile.custom_fields(newsletter)}
    for key, label in (texts | {name: one.label for name, one in own.items()}).items() if details else ():
        if len(form.get(key, "")) > MAX_LENGTH:
            found[key] = _("%(label)s: please use no more than %(count)s characters.", label=label, count=MAX_LENGTH)
        elif key in own and own[key].required and not form.get(key, "").strip():
            found[key] = _("Please fill in “%(label)s”.", label=label)
    if newsletter.audiences and form.get("audience", "") not in {one.slug for one in newsletter.audiences}:
        found["audience"] = _("Please choose what describes you best.")
    return found
