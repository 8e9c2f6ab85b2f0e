"""The look of a newsletter: colours with their contrast, logo and text size, beside a letter that follows the form.

The letter is the real rendering (:mod:`templates.render`) with what stands in the form, and nothing of it is saved. The
button does without scripts what ``look.js`` does at every change.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.issues import image, issue_list, newsletter_edit
from models.issues.block import Button, Heading, Listing, Notice, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.store import input_rule
from models.store.errors import Invalid
from templates import preview
from templates.content import compose, newsletter_faults, theme
from templates.content.letter import Letter, Theme
from templates.content.variant import Variant
from templates.render import edition

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from ..preview import framed
from . import section as frame

COLOURS = {
    "primary": lazy_gettext("Colour of headings and buttons"),
    "on_primary": lazy_gettext("Text on buttons"),
    "text": lazy_gettext("Running text"),
    "muted": lazy_gettext("Small print"),
    "link": lazy_gettext("Links"),
    "surface": lazy_gettext("Paper of the letter"),
    "background": lazy_gettext("Around the letter"),
}
MODES = {"light": lazy_gettext("Light"), "dark": lazy_gettext("Dark"), "phone": lazy_gettext("Phone")}


@blueprint.get("/newsletters/<slug>/look")
def newsletter_look(slug: str) -> ResponseReturnValue:
    """The form, and the letter beside it."""
    newsletter = frame.find(slug)
    return _page(newsletter, asdict(Theme(**newsletter.look)))


@blueprint.post("/newsletters/<slug>/look")
def save_newsletter_look(slug: str) -> ResponseReturnValue:
    """Save the look; or, by the other button, only show what is in the form."""
    newsletter = frame.find(slug, lock=True)
    look, wrong = _typed(newsletter)
    opened = request.form.get("version", "")
    if request.form.get("action") == "show":
        return _page(newsletter, look, version=opened)
    wrong = frame.said(newsletter_faults.look_faults(look)) | wrong
    if "logo_address" in wrong:  # its field is hidden
        wrong = {"logo": wrong.pop("logo_address"), **wrong}
    if wrong:
        return _page(newsletter, look, 422, errors=wrong, version=opened)
    if frame.is_stale(newsletter_edit.version(newsletter, ["look"])):
        return _page(newsletter, look, 409, errors=frame.stale_error(), stale=True, version=opened)
    standard = asdict(Theme())
    values = {"look": {name: value for name, value in look.items() if value != standard[name]}}
    question = frame.keep(newsletter, lambda: newsletter_edit.change(session(), newsletter, values, member()))
    if question:
        return _page(newsletter, look, 409, question=question)
    return frame.done(frame.address_of("look", newsletter))


@blueprint.get("/newsletters/<slug>/look/letter")
def newsletter_look_letter(slug: str) -> ResponseReturnValue:
    """A letter in the look that the address says, for the frame."""
    newsletter = frame.find(slug)
    chosen = {name: value for name, value in request.args.items() if name in asdict(Theme())}
    html = _rendered(newsletter, _readable(newsletter, chosen))
    return framed(Response(preview.dark(html) if request.args.get("mode") == "dark" else html, mimetype="text/html"))


def _page(newsletter: Newsletter, look: dict[str, Any], status: int = 200, **values: Any) -> ResponseReturnValue:
    mode = request.values.get("mode", "light")
    mode = mode if mode in MODES else "light"
    saved = Theme(**newsletter.look)
    version = newsletter_edit.version(newsletter, ["look"])
    letter = url_for(
        "staff.newsletter_look_letter",
        slug=newsletter.slug,
        mode=mode,
        **{name: value for name, value in look.items() if value != getattr(saved, name)},
    )
    shown = _readable(newsletter, {name: str(value) for name, value in look.items()})
    return frame.page(
        "look",
        newsletter,
        "look",
        status,
        look=look,
        colours=COLOURS,
        sizes=_sizes(),
        mode=mode,
        modes=MODES,
        contrasts=theme.contrasts(shown),
        letter=letter,
        current=version,
        kept=asdict(saved),
        least=theme.MIN_CONTRAST,
        **{"version": version, **values},
    )


def _sizes() -> list[tuple[int, str]]:
    return [(size, _("%(size)s pixels", size=size)) for size in theme.FONT_SIZES]


def _typed(newsletter: Newsletter) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands in the form, and what is wrong with the picture in it."""
    look: dict[str, Any] = asdict(Theme(**newsletter.look))
    for name in COLOURS:
        look[name] = input_rule.line(request.form.get(name, "")).lower()
    size = input_rule.whole_number(input_rule.line(request.form.get("font_size", "")))
    look["font_size"] = size or 0
    look["logo_address"] = input_rule.line(request.form.get("logo_address", ""))
    look["logo_alt"] = input_rule.line(request.form.get("logo_alt", ""))
    wrong: dict[str, str] = {}
    if request.form.get("remove_logo") == "yes":
        look["logo_address"] = look["logo_alt"] = ""
    elif (upload := request.files.get("logo")) and (data := upload.read(image.MAX_BYTES + 1)):
        try:
            look["logo_address"] = compose.image_address(image.store(session(), data))
        except Invalid as error:
            wrong["logo"] = error.say(language())
    return look, wrong


def _readable(newsletter: Newsletter, chosen: dict[str, str]) -> Theme:
    """The theme that *chosen* makes of the one that is saved; what cannot be shown stays as it is."""
    made = Theme(**newsletter.look)
    for field in fields(Theme):
        value: Any = chosen.get(field.name)
        if value is None:
            continue
        if field.name == "font_size":
            value = input_rule.whole_number(value)
            fits = value in theme.FONT_SIZES
        elif field.name in COLOURS:
            fits = theme.is_colour(value)
        else:
            fits = len(value) <= 2000
        made = replace(made, **{field.name: value}) if fits else made
    return made


def _rendered(newsletter: Newsletter, chosen: Theme) -> str:
    """The newsletter's latest issue in a look; a letter of samples where it has none, or none that can be shown."""
    latest = issue_list.latest(session(), newsletter.id)
    for issue in filter(None, (latest, _sample(newsletter))):
        letter = compose.compose(session(), issue, Variant.of_reader(issue))
        try:
            return _html(letter, chosen)
        except Invalid:
            continue
    raise Invalid("this newsletter's letters cannot be shown: look through its other pages first")


def _html(letter: Letter, chosen: Theme) -> str:
    # A browser has no pictures that travel with a letter, so it is shown those of our archive.
    return edition.render(replace(letter, theme=chosen, embed_images=False)).neutral_html


def _sample(newsletter: Newsletter) -> Issue:
    """An issue with the parts that a look changes; in no database."""
    blocks = (
        Heading(text=_("A heading")),
        Prose(text=_("This is how a paragraph looks, with a [link](https://example.jp/) and with **bold words**.")),
        Listing(items=(_("The first item of a list"), _("The second item"))),
        Notice(text=_("A notice that stands out.")),
        Button(text=_("A button"), address="https://example.jp/"),
    )
    made = Issue(
        newsletter=newsletter,
        number=1,
        kind=IssueKind.REGULAR,
        language=newsletter.language,
        subject=_("A letter to look at"),
        preheader="",
        audience="",
        segment={},
        correction_note="",
    )
    with session().no_autoflush:
        made.set_content({"blocks": blocks})
    return made
