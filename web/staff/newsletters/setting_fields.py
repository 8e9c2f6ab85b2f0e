"""The settings that are one value each: which page has which, and what each is for, in one sentence."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from flask import request
from flask_babel import lazy_gettext

from models.issues.newsletter import Newsletter, Tracking
from models.issues.newsletter_edit import MAX_APPROVALS, REQUIRED, Faults
from models.store import input_rule, mail_address
from models.store.phrase import phrase


class SettingField(NamedTuple):
    """One value of a newsletter on a page."""

    name: str
    label: Any
    hint: Any = ""
    kind: str = "line"
    """``line``, ``email``, ``text``, ``time``, ``choice``, ``radio`` or ``switch``."""
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def required(self) -> bool:
        """Whether it must not be empty."""
        return self.name in REQUIRED


PAGES: dict[str, tuple[SettingField, ...]] = {
    "basics": (
        SettingField(
            "name",
            lazy_gettext("Name of the newsletter"),
            lazy_gettext("Readers see it as the sender's name in their list of mails, and at the top of each letter."),
        ),
        SettingField(
            "description",
            lazy_gettext("What it is about"),
            lazy_gettext("One or two sentences on the sign-up form and in the archive."),
            "text",
        ),
        SettingField(
            "language",
            lazy_gettext("Language"),
            lazy_gettext("The language of new issues, and of letters to staff."),
            "choice",
            (("ja", "日本語"), ("en", "English")),
        ),
    ),
    "sender": (
        SettingField(
            "sender_name",
            lazy_gettext("Who sends it"),
            lazy_gettext("The office that answers for it, as みなと市 情報政策課. The law wants it in every letter."),
        ),
        SettingField(
            "sender_address",
            lazy_gettext("Sender's mail address"),
            lazy_gettext("Letters come from this address. Its domain must be yours; see “Signature against forgery”."),
            "email",
        ),
        SettingField(
            "reply_to",
            lazy_gettext("Where answers go"),
            lazy_gettext("When a reader answers a letter, the answer goes here. Empty: to the sender's address."),
            "email",
        ),
        SettingField(
            "bounce_address",
            lazy_gettext("Where returned mail goes"),
            lazy_gettext("Mail servers return letters here that cannot be delivered. Empty: to the sender's address."),
            "email",
        ),
        SettingField(
            "own_return_path",
            lazy_gettext("Each letter has a return path of its own"),
            lazy_gettext(
                "Returned mail then proves whose letter it was. It needs RETURN_DOMAIN; servers that delay unknown "
                "senders may delay such letters longer."
            ),
            "switch",
        ),
        SettingField(
            "list_id",
            lazy_gettext("Name of the list for mail programs"),
            lazy_gettext(
                "Mail programs sort letters by it; readers do not see it. A name like ict.example.lg.jp. Empty: made "
                "from the sender's address."
            ),
        ),
    ),
    "imprint": (
        SettingField(
            "postal_address",
            lazy_gettext("Postal address"),
            lazy_gettext("Stands at the end of every letter, as the law wants it."),
            "text",
        ),
        SettingField(
            "contact",
            lazy_gettext("Contact"),
            lazy_gettext(
                "Where questions and complaints go: a telephone number, a mail address or a page. It stands at the end "
                "of every letter."
            ),
        ),
    ),
    "publication": (
        SettingField(
            "open_to_signup",
            lazy_gettext("People can sign up on the web"),
            lazy_gettext("Without it the form is closed; whoever reads it already goes on getting it."),
            "switch",
        ),
        SettingField(
            "public_archive",
            lazy_gettext("Back issues are public"),
            lazy_gettext("Issues that were sent can be read on the web by everybody, and found by search engines."),
            "switch",
        ),
        SettingField(
            "embed_images",
            lazy_gettext("Pictures travel inside the letter"),
            lazy_gettext("Offices that block pictures from the web can see them then, but each letter is larger."),
            "switch",
        ),
    ),
    "consent": (
        SettingField(
            "consent_text",
            lazy_gettext("What readers agree to"),
            lazy_gettext(
                "Stands above the button of the sign-up form; a copy is kept with each reader. A "
                "blank line begins a new "
                "paragraph. Empty: Kairan's own words, shown below."
            ),
            "text",
        ),
    ),
    "tracking": (
        SettingField(
            "tracking",
            lazy_gettext("What is recorded when readers open a letter or follow a link"),
            lazy_gettext("Readers are told on the sign-up form, in the words below."),
            "radio",
            (
                (Tracking.INDIVIDUAL.value, lazy_gettext("For each reader")),
                (Tracking.AGGREGATE.value, lazy_gettext("Only how often, not who")),
                (Tracking.OFF.value, lazy_gettext("Nothing")),
            ),
        ),
    ),
    "approval": (
        SettingField(
            "approvals_needed",
            lazy_gettext("How many people must approve an issue"),
            lazy_gettext(
                "An issue can be sent only once so many approvers have said yes. Whoever wrote it does not count."
            ),
            "choice",
            tuple((str(number), str(number)) for number in range(MAX_APPROVALS + 1)),
        ),
        SettingField(
            "corrections_need_approval",
            lazy_gettext("Corrections of letters that are out need approval, too"),
            lazy_gettext("Without it, senders change links and notes in the archive at once, and approvers are told."),
            "switch",
        ),
    ),
    "quiet": (
        SettingField(
            "quiet_from",
            lazy_gettext("Quiet hours begin at"),
            lazy_gettext("Whoever chooses a time in the quiet hours is asked whether it is right. Both empty: never."),
            "time",
        ),
        SettingField("quiet_until", lazy_gettext("Quiet hours end at"), kind="time"),
    ),
    "ranking": (
        SettingField(
            "ranking_lead",
            lazy_gettext("How the ranking begins"),
            lazy_gettext("Opens the draft of a year's ranking. {year}, {top} and {newsletter} are filled in."),
            "text",
        ),
        SettingField(
            "ranking_closing",
            lazy_gettext("How the ranking ends"),
            lazy_gettext("Closes it. {year}, {top} and {newsletter} are filled in."),
            "text",
        ),
        SettingField(
            "ranking_news_title",
            lazy_gettext("Heading of what has changed since"),
            lazy_gettext("Stands in each place of the ranking. Empty: 最新動向."),
        ),
    ),
}
"""Pages of :data:`~web.staff.newsletters.section.SECTIONS` that are made of such settings alone."""


def read(fields: tuple[SettingField, ...]) -> tuple[dict[str, Any], Faults]:
    """What was typed, as columns of a newsletter; and what cannot even be read."""
    values: dict[str, Any] = {}
    wrong: Faults = {}
    for field in fields:
        typed = request.form.get(field.name, "")
        if field.kind == "switch":
            values[field.name] = typed == "yes"
        elif field.kind in ("choice", "radio"):
            if typed not in {value for value, _label in field.options}:
                wrong[field.name] = phrase("choose one of what the page offers")
            else:
                values[field.name] = _chosen(field.name, typed)
        elif field.kind == "email":
            values[field.name] = mail_address.normalise(typed)
        else:
            values[field.name] = typed.strip() if field.kind == "text" else input_rule.line(typed)
    return values, wrong


def _chosen(name: str, typed: str) -> object:
    if name == "tracking":
        return Tracking(typed)
    return int(unicodedata.normalize("NFKC", typed)) if name == "approvals_needed" else typed


def shown(newsletter: Newsletter, fields: tuple[SettingField, ...]) -> dict[str, str]:
    """The values as fields of a form show them; ``yes`` for a switch that is on."""
    return {field.name: as_typed(getattr(newsletter, field.name)) for field in fields}


def as_typed(value: object) -> str:
    """A column's value as a form shows it."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return value.value if isinstance(value, Tracking) else str(value)
