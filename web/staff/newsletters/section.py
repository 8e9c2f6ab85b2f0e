"""What every page of a newsletter's settings has: the list of pages beside it, stale forms, and effects told before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.issues.newsletter_edit import digest_of
from models.staff.permission import Permission
from models.store.phrase import Phrase
from templates.content import change_effects
from templates.content.change_effects import TouchedIssue

from ...language import language
from ...request import session
from ..login_session import member

SECTIONS = {
    "basics": lazy_gettext("Name and language"),
    "sender": lazy_gettext("Sender of letters"),
    "imprint": lazy_gettext("Postal address and contact"),
    "publication": lazy_gettext("Sign-up and archive"),
    "consent": lazy_gettext("Consent text"),
    "tracking": lazy_gettext("What is recorded"),
    "audiences": lazy_gettext("Audiences"),
    "topics": lazy_gettext("Topics"),
    "fields": lazy_gettext("Questions to readers"),
    "look": lazy_gettext("Look"),
    "approval": lazy_gettext("Approval"),
    "route": lazy_gettext("Routes and substitutes"),
    "slots": lazy_gettext("Monthly slots"),
    "quiet": lazy_gettext("Quiet hours"),
    "ranking": lazy_gettext("Texts of the ranking"),
    "products": lazy_gettext("Related products"),
    "testers": lazy_gettext("Groups for test letters"),
    "dkim": lazy_gettext("Signature against forgery (DKIM)"),
    "file": lazy_gettext("Everything as a file"),
}
"""The pages of one newsletter, in the order of the list beside them."""
GENERAL: dict[str, Any] = {
    "lanes": lazy_gettext("Lanes"),
    "relays": lazy_gettext("Relays"),
    "sender_domain": lazy_gettext("The sender's domain"),
}
"""Pages that are for all newsletters together."""


class Question(NamedTuple):
    """What a change would touch, asked before it is kept."""

    issues: Sequence[TouchedIssue] = ()
    warnings: Sequence[str] = ()

    @property
    def digest(self) -> str:
        """Stands in the box that says yes, so that nobody says yes to less than there is by then."""
        return digest_of([[one.id for one in self.issues], list(map(str, self.warnings))])


def address_of(name: str, newsletter: Newsletter | None = None) -> str:
    """Where a page of :data:`SECTIONS` or :data:`GENERAL` is."""
    if name in GENERAL:
        return url_for(f"staff.{name}")
    assert newsletter is not None
    own = ("audiences", "topics", "fields", "products", "testers", "slots", "look", "route", "dkim", "file")
    if name in own:
        return url_for(f"staff.newsletter_{name}", slug=newsletter.slug)
    return url_for("staff.newsletter_settings", slug=newsletter.slug, section=name)


def find(slug: str, *, lock: bool = False) -> Newsletter:
    """The newsletter that a page is about; locked, so that two changes follow each other.

    Raises:
        NotFound: there is none.
    """
    found = newsletters.find(session(), slug)
    if lock:
        session().refresh(found, with_for_update={"key_share": True})
    return found


def is_stale(current: str) -> bool:
    """Whether somebody else has saved since the form was opened, and nobody has said to overwrite that.

    Arguments:
        current: the version of what is kept now.
    """
    return current not in (request.form.get("version", ""), request.form.get("overwrite"))


def keep(newsletter: Newsletter, change: Callable[[], object], warnings: Sequence[str] = ()) -> Question | None:
    """Make a change; where it touches issues that wait, only once that was shown and confirmed.

    Arguments:
        change: makes it in the session of this request.
        warnings: more that must be said before, in the reader's language.

    Returns:
        what must be asked first; nothing has changed then.
    """
    before = change_effects.waiting(session(), newsletter)
    change()
    question = Question(change_effects.touched(session(), before), warnings)
    if (question.issues or warnings) and request.form.get("sure") != question.digest:
        session().rollback()
        return question
    change_effects.return_changed(session(), member(), newsletter.id)
    return None


def said(faults: Mapping[str, Phrase]) -> dict[str, str]:
    """What is wrong, in the language of the page."""
    return {name: why.say(language()) for name, why in faults.items()}


def stale_error() -> dict[str, str]:
    """What a form says that somebody else was faster than."""
    return {
        "": _("Somebody else has saved this page since you opened it. What you entered is still here; what is saved "
              "now stands beside it. Take over what you want, tick “Overwrite”, and save again.")
    }  # fmt: skip


def page(
    template: str, newsletter: Newsletter | None, here: str, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """A page with the list of pages beside it.

    Arguments:
        template: below ``staff/newsletters``, without its ending.
        here: its name in :data:`SECTIONS` or :data:`GENERAL`.
        values: for the template; ``errors``, ``question``, ``stale`` and ``version`` are what a form shows.
    """
    listed = [(name, label, address_of(name, newsletter)) for name, label in SECTIONS.items()] if newsletter else []
    shared = member().may(Permission.EDIT_DELIVERY, None)
    general = [(name, label, address_of(name)) for name, label in GENERAL.items() if shared]
    defaults: dict[str, Any] = {"errors": {}, "question": None, "stale": False, "version": ""}
    defaults["title"] = {**SECTIONS, **GENERAL}.get(here, "")
    shown = render_template(
        f"staff/newsletters/{template}.html", edited=newsletter, sections=listed, general=general, here=here,
        **{**defaults, **values},
    )  # fmt: skip
    return make_response(shown, status)


def done(address: str, message: str = "") -> ResponseReturnValue:
    """Back to the page, which says once that it is saved."""
    flash(message or _("Saved."))
    return redirect(address)
