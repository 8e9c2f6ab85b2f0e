"""What speaks against a time, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.deliveries.scheduling.send_warnings import SendWarnings
from models.issues.newsletter import Newsletter
from models.issues.send_time import UnusualTime

UNUSUAL = {
    UnusualTime.NIGHT: lazy_gettext("It is within the quiet hours of the newsletter, %(from)s to %(until)s."),
    UnusualTime.WEEKEND: lazy_gettext("It is a Saturday or a Sunday."),
    UnusualTime.HOLIDAY: lazy_gettext("It is a public holiday."),
    UnusualTime.NEW_YEAR: lazy_gettext("It is between 29 December and 3 January, when offices are closed."),
    UnusualTime.FAR: lazy_gettext("It is more than 60 days from now."),
    UnusualTime.FULL_HOUR: lazy_gettext(
        "It is a full hour, when many letters are sent and mail servers are slow. A few minutes later is better."
    ),
}
SHORT = {
    UnusualTime.NIGHT: lazy_gettext("quiet hours"),
    UnusualTime.WEEKEND: lazy_gettext("weekend"),
    UnusualTime.HOLIDAY: lazy_gettext("public holiday"),
    UnusualTime.NEW_YEAR: lazy_gettext("offices closed"),
    UnusualTime.FULL_HOUR: lazy_gettext("full hour"),
    UnusualTime.SAME_DAY: lazy_gettext("two on one day"),
}
"""For the calendar, where there is little room. That a day is far away is no news there."""


def sentences(found: SendWarnings, newsletter: Newsletter) -> list[str]:
    """One sentence for each thing, and for each other issue of the day."""
    said = [
        str(UNUSUAL[why]) % {"from": newsletter.quiet_from, "until": newsletter.quiet_until}
        if why is UnusualTime.NIGHT
        else str(UNUSUAL[why])
        for why in found.why
        if why in UNUSUAL
    ]
    return [*said, *(_same_day(one.newsletter.name, one.number, one.subject) for one in found.same_day)]


def short(found: Iterable[UnusualTime]) -> list[str]:
    """A word or two for each."""
    return [str(SHORT[why]) for why in found if why in SHORT]


def _same_day(newsletter: str, number: int, subject: str) -> str:
    return str(
        _("On the same day readers get another issue: %(newsletter)s, issue %(number)s, “%(subject)s”.",
          newsletter=newsletter, number=number, subject=subject)
    )  # fmt: skip
