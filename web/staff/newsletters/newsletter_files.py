"""A newsletter as a file: taken away to keep or to move, and brought back; the same file that "
"commands read and write."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import signing_keys
from models.issues.newsletter import Newsletter
from models.manuscript.newsletter_file import import_newsletter
from models.manuscript.newsletter_file.export_newsletter import newsletter_file
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.content import newsletter_faults

from ...language import language
from ...request import session
from ..csv_download import attachment
from ..login_session import blueprint, member
from . import section as frame

MAX_BYTES = 1_000_000
FILE_NAME = "newsletter.yaml"


@blueprint.get("/newsletters/<slug>/file", endpoint="newsletter_file")
def newsletter_file_page(slug: str) -> ResponseReturnValue:
    """The file as it would be taken away now, and the form that brings one back."""
    return _page(frame.find(slug), "")


@blueprint.get("/newsletters/<slug>/file.yaml")
def newsletter_yaml(slug: str) -> ResponseReturnValue:
    """Everything that the newsletter is, and no secret."""
    found = frame.find(slug)
    return attachment(f"{found.slug}.yaml", [newsletter_file(found).encode()], "application/yaml")


@blueprint.post("/newsletters/<slug>/file")
def take_newsletter_file(slug: str) -> ResponseReturnValue:
    """Change the newsletter as a file says; what the file leaves out stays."""
    newsletter, text = frame.find(slug, lock=True), _sent()
    try:
        question = frame.keep(newsletter, lambda: _take(text, newsletter))
    except Invalid as error:
        session().rollback()
        return _page(newsletter, text, 422, errors={"text": error.say(language())})
    if question:
        return _page(newsletter, text, 409, question=question)
    return frame.done(url_for("staff.newsletter", slug=slug))


@blueprint.post("/newsletters/import")
def create_newsletter_from_file() -> ResponseReturnValue:
    """Make a newsletter from a file."""
    text = _sent()
    try:
        made = _take(text, None)
    except Invalid as error:
        session().rollback()
        return frame.page("import", None, "", 422, text=text, errors={"text": error.say(language())},
                          title=_("Make a newsletter from a file"))  # fmt: skip
    return frame.done(url_for("staff.newsletter", slug=made.slug))


@blueprint.get("/newsletters/import")
def newsletter_import() -> ResponseReturnValue:
    """The form that takes a file of a newsletter which is not here yet."""
    return frame.page("import", None, "", text="", title=_("Make a newsletter from a file"))


def _take(text: str, newsletter: Newsletter | None) -> Newsletter:
    """Do what the file says to *newsletter*, or make a new one where it is None.

    Raises:
        Invalid: with the line; or it is about another newsletter, or names keys that this server does not keep.
    """
    if not text.strip():
        raise Invalid("choose a file, or paste what stands in it")
    known = {one.file for one in _keys(newsletter)} if newsletter else set()
    made, _outcome = import_newsletter.import_text(
        session(), text, FILE_NAME, newsletter_faults.first_fault, member(), only=newsletter.slug if newsletter else ""
    )
    # A path is something on the server: whoever has only these pages chooses among the keys that are shown there.
    if any(str(entry["key_file"]) not in known for entry in made.dkim):
        raise Invalid(
            phrase("the file names a key that this server does not keep: choose keys on the page of signatures")
        )
    return made


def _keys(newsletter: Newsletter) -> list[signing_keys.NamedKey]:
    return [*signing_keys.in_use(newsletter), *signing_keys.waiting(newsletter)]


def _sent() -> str:
    """The uploaded file, or the text that was pasted."""
    upload = request.files.get("file")
    data = upload.read(MAX_BYTES) if upload else b""
    return data.decode("utf-8", "replace") if data else request.form.get("text", "")


def _page(newsletter: Newsletter, text: str, status: int = 200, **values: object) -> ResponseReturnValue:
    return frame.page("file", newsletter, "file", status, text=text, present=newsletter_file(newsletter), **values)
