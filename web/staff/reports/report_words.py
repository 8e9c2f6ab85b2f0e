"""What pages and spreadsheets call the tables of reports, their columns, and the words in them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.reports.tables.table import ReportTable, TableColumn

TABLES = {
    "letters": lazy_gettext("Letters by state"),
    "lanes": lazy_gettext("By destination"),
    "responses": lazy_gettext("Responses"),
    "hours": lazy_gettext("By hour since sending"),
    "days": lazy_gettext("By day"),
    "links": lazy_gettext("Links"),
    "articles": lazy_gettext("Articles"),
    "audiences": lazy_gettext("By audience"),
    "devices": lazy_gettext("By device"),
    "excluded": lazy_gettext("What was not counted as a person's"),
    "issues": lazy_gettext("Issues sent"),
    "months": lazy_gettext("Readers by month"),
    "leaving": lazy_gettext("Why readers left"),
    "cohorts": lazy_gettext("Engagement by quarter of joining"),
    "reading": lazy_gettext("Articles by audience"),
    "topics": lazy_gettext("Topics by month"),
    "comparison": lazy_gettext("Two issues compared"),
}
COLUMNS = {
    "state": lazy_gettext("State"),
    "letters": lazy_gettext("Letters"),
    "lane": lazy_gettext("Lane"),
    "targeted": lazy_gettext("Readers targeted"),
    "accepted": lazy_gettext("Accepted"),
    "bounced": lazy_gettext("Bounced"),
    "failed": lazy_gettext("Failed"),
    "unknown": lazy_gettext("Unknown"),
    "suppressed": lazy_gettext("Left out"),
    "what": lazy_gettext("What"),
    "readers": lazy_gettext("Readers"),
    "rate": lazy_gettext("Share"),
    "share": lazy_gettext("Share"),
    "hits": lazy_gettext("How often"),
    "hour": lazy_gettext("Hours since sending"),
    "clicks": lazy_gettext("Clicks"),
    "opens": lazy_gettext("Opens"),
    "day": lazy_gettext("Day"),
    "number": lazy_gettext("Link no."),
    "kind": lazy_gettext("Kind"),
    "article": lazy_gettext("Name in addresses"),
    "title": lazy_gettext("Title"),
    "url": lazy_gettext("Address"),
    "readers_ever": lazy_gettext("Readers in all issues"),
    "audience": lazy_gettext("Audience"),
    "received": lazy_gettext("Received it"),
    "openers": lazy_gettext("Opened"),
    "open_rate": lazy_gettext("Share who opened"),
    "clickers": lazy_gettext("Followed a link"),
    "click_rate": lazy_gettext("Share who followed a link"),
    "device": lazy_gettext("Device"),
    "rule": lazy_gettext("Why"),
    "issue": lazy_gettext("Issue no."),
    "subject": lazy_gettext("Subject"),
    "sent_on": lazy_gettext("Sent on"),
    "month": lazy_gettext("Month"),
    "readers_at_end": lazy_gettext("Readers at the end"),
    "joined": lazy_gettext("Readers who joined"),
    "left": lazy_gettext("Readers who left"),
    "change": lazy_gettext("Change"),
    "quarter": lazy_gettext("Joined in"),
    "cohort_readers": lazy_gettext("Readers"),
    "first": lazy_gettext("First issue"),
    "second": lazy_gettext("Second issue"),
    "said": lazy_gettext("What can be said"),
    "left_unsubscribed": lazy_gettext("Unsubscribed"),
    "left_bounced": lazy_gettext("Address dead"),
    "left_erased": lazy_gettext("Data erased"),
    "left_complained": lazy_gettext("Complained"),
    "left_blocked": lazy_gettext("Blocked by a list"),
    "left_restored": lazy_gettext("Change of address undone"),
    "left_unconfirmed": lazy_gettext("Never confirmed"),
    "left_unknown": lazy_gettext("Not known"),
}
_WORDS = {
    "targeted": lazy_gettext("Readers targeted"),
    "queued": lazy_gettext("Waiting"),
    "sending": lazy_gettext("Being sent"),
    "accepted": lazy_gettext("Accepted"),
    "deferred": lazy_gettext("Deferred"),
    "bounced": lazy_gettext("Bounced"),
    "failed": lazy_gettext("Failed"),
    "unknown": lazy_gettext("Unknown"),
    "suppressed": lazy_gettext("Left out"),
    "opened": lazy_gettext("Opened"),
    "clicked": lazy_gettext("Followed a link"),
    "viewed": lazy_gettext("Looked at it in a browser"),
    "article": lazy_gettext("Article"),
    "product": lazy_gettext("Related product"),
    "topic": lazy_gettext("Topic page"),
    "button": lazy_gettext("Button"),
    "prose": lazy_gettext("In a text"),
    "source": lazy_gettext("Source of a figure"),
    "signup": lazy_gettext("Sign-up form"),
    "search": lazy_gettext("Archive's search"),
    "archive": lazy_gettext("Issue in the archive"),
    "none-given": lazy_gettext("none given"),
    "small-groups": lazy_gettext("Groups of few readers, together"),
    "everyone": lazy_gettext("everyone"),
    "computer": lazy_gettext("Computer"),
    "phone": lazy_gettext("Phone"),
    "tablet": lazy_gettext("Tablet"),
    "unkept": lazy_gettext("Not kept: the reader is not identified"),
    "first-higher": lazy_gettext("The first issue is higher."),
    "second-higher": lazy_gettext("The second issue is higher."),
    "no-sure-difference": lazy_gettext("No difference that is sure: the ranges overlap."),
    "too-few": lazy_gettext("Too few readers to tell."),
}
_NAMED_BY_STAFF = frozenset({"audience"})
"""Columns of words in which names that staff gave stand, too."""


def title(table: ReportTable) -> str:
    """What a table is called."""
    return str(TABLES[table.key])


def heading(column: TableColumn) -> str:
    """What a column is called."""
    if column.label:
        return column.label
    if column.key.startswith("since_"):
        return str(_("Issue %(n)s since", n=column.key.removeprefix("since_")))
    if column.key in COLUMNS:
        return str(COLUMNS[column.key])
    return column.key.removeprefix("left_")


def word(column: TableColumn, value: Any) -> str:
    """A word in a table, in the language of the page; a name that staff gave stays as it is."""
    if column.key in _NAMED_BY_STAFF and value not in ("none-given", "small-groups", "everyone"):
        return str(value)
    return str(_WORDS.get(value, value))
