"""What the audit log calls things and parts of Kairan that have no name of their own, in the language of the page."""

from __future__ import annotations

from ...language import _


def parts() -> dict[str, str]:
    """What acts without being a person, at the beginning of a sentence."""
    return {
        "sender": _("The sender"), "worker": _("The worker"), "timetable": _("The timetable"),
        "login": _("Somebody"), "audit retention": _("The worker"), "sign-up": _("A reader"),
    }  # fmt: skip


def kinds() -> dict[str, str]:
    """Things of which no more is known than their number or name: ``%(rest)s``, ``%(name)s``."""
    return {
        "issue": _("issue (ID %(rest)s)"), "newsletter": _("newsletter “%(name)s”"),
        "member": _("a person (ID %(rest)s)"), "lane": _("lane “%(rest)s”"), "relay": _("relay “%(rest)s”"),
        "subscriber": _("reader no. %(rest)s"), "unknown": _("an address that nobody has"),
    }  # fmt: skip


def ways() -> dict[str, str]:
    """Ways by which something is done."""
    return {"page": _("page"), "command": _("command"), "api": _("program"), "worker": _("automatic")}


def patterns() -> dict[str, str]:
    """How a whole entry, a person and a thing with a name are written."""
    return {
        "entry": _("%(person)s %(act)s."), "person": _("%(name)s (%(address)s)"),
        "issue": _("issue %(number)s “%(subject)s”"), "newsletter": _("newsletter “%(name)s”"),
        "unknown act": _("%(action)s: %(thing)s"), "nothing": _("something"),
    }  # fmt: skip
