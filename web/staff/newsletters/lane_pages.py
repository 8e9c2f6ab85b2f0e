"""Lanes: destinations such as docomo or Gmail, how fast each takes letters, and whether it is paused."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from models.deliveries import lane as lanes_model
from models.deliveries.lane import Lane
from models.deliveries.letters import waiting
from models.issues.newsletter_edit import digest_of
from models.store import input_rule
from models.store.errors import Invalid

from ...language import _, language
from ...navigation import with_query
from ...request import session
from ..login_session import blueprint, member
from . import section as frame
from .section import Question

NUMBERS = ("connections", "letters_per_connection", "per_second", "per_hour")
FIELDS = ("name", "domains", *NUMBERS, "quiet_from", "quiet_until", "jitter_seconds", "warmup")


@blueprint.get("/lanes")
def lanes() -> ResponseReturnValue:
    """Every lane with its limits, and what waits in it."""
    found = lanes_model.list_all(session())
    return frame.page("lanes", None, "lanes", lanes=found, **_waiting())


@blueprint.get("/lanes/new")
def new_lane() -> ResponseReturnValue:
    """The form for a new lane."""
    return _new({"slug": "", "name": "", "domains": ""})


@blueprint.post("/lanes/new")
def add_lane() -> ResponseReturnValue:
    """Add it; its limits are set on its page."""
    typed = {name: request.form.get(name, "") for name in ("slug", "name", "domains")}
    name = input_rule.line(typed["name"])
    try:
        if not name:
            raise Invalid("this must not be empty", field="name")
        slug = input_rule.line(typed["slug"]).lower()
        made = lanes_model.add(session(), slug, name, lanes_model.split(typed["domains"]), by=member())
    except Invalid as error:
        session().rollback()
        return _new(typed, {error.field or "domains": error.say(language())}, 422)
    return frame.done(url_for("staff.lane", slug=made.slug), _("The lane is there. Letters of "
                                                               "issues that are prepared from now "
                                                              "on go by it. Set its limits below."))  # fmt: skip


@blueprint.get("/lanes/<slug>")
def lane(slug: str) -> ResponseReturnValue:
    """What one lane takes."""
    found = lanes_model.find(session(), slug)
    return _page(found, _shown(found))


@blueprint.post("/lanes/<slug>")
def save_lane(slug: str) -> ResponseReturnValue:
    """Change what it takes; letters that wait in it are named first."""
    found = lanes_model.find(session(), slug)
    session().refresh(found, with_for_update={"key_share": True})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    opened = request.form.get("version", "")
    try:
        values = _values(found, typed)
        if frame.is_stale(_version(found)):
            return _page(found, typed, 409, errors=frame.stale_error(), stale=True, version=opened)
        question = _question(found)
        if question.warnings and request.form.get("sure") != question.digest:
            return _page(found, typed, 409, question=question)
        lanes_model.edit(session(), found, by=member(), **values)
    except Invalid as error:
        session().rollback()
        return _page(found, typed, 422, errors={error.field or "domains": _said(error)}, version=opened)
    return frame.done(url_for("staff.lane", slug=slug))


@blueprint.post("/lanes/<slug>/pause")
def pause_lane(slug: str) -> ResponseReturnValue:
    """Send nothing more to this destination; others go on."""
    found = lanes_model.find(session(), slug)
    reason = input_rule.line(request.form.get("reason", ""))
    if not reason:
        return _page(found, _shown(found), 422, errors={"reason": _("Say why, for whoever looks at it later.")})
    lanes_model.pause(session(), found.id, reason[:500], by=member())
    return frame.done(url_for("staff.lane", slug=slug), _("The lane is paused within moments."))


@blueprint.post("/lanes/<slug>/resume")
def go_on_with_lane(slug: str) -> ResponseReturnValue:
    """Go on, slowly: one connection, then one more at a time."""
    lanes_model.resume(session(), lanes_model.find(session(), slug), by=member())
    return frame.done(url_for("staff.lane", slug=slug), _("The lane goes on, slowly at first."))


def _values(found: Lane, typed: dict[str, str]) -> dict[str, Any]:
    """What was typed, as columns; a warm-up that stays as it is does not begin anew."""
    if not input_rule.line(typed["name"]):
        raise Invalid("this must not be empty", field="name")
    quiet = [input_rule.line(typed[name]) for name in ("quiet_from", "quiet_until")]
    given = {name: input_rule.line(typed[name]) for name in (*NUMBERS, "warmup")}
    values: dict[str, Any] = {
        "name": input_rule.line(typed["name"])[:100],
        "domains": lanes_model.split(typed["domains"]),
        **lanes_model.read(
            {**given, "quiet": "-".join(quiet) if any(quiet) else "", "jitter": typed["jitter_seconds"]}
        ),
    }
    if values["warmup"] == found.warmup:
        del values["warmup"]
    return values


def _waiting() -> dict[str, Any]:
    """What waits in the lanes, as far as that can be told at once; with ``?count=now`` counted anew."""
    anew = request.method == "GET" and request.args.get("count") == "now"
    found = waiting.count(session()) if anew else waiting.known(session())
    return {"waiting": found, "count_address": with_query(count="now") if request.method == "GET" else ""}


def _question(found: Lane) -> Question:
    letters = waiting.by_lane(session()).get(found.id, {})
    return Question(warnings=[
        ngettext("%(num)s letter of issue %(number)s waits in this lane: the change holds for it at once.",
                 "%(num)s letters of issue %(number)s wait in this lane: the change holds for them at once.", count,
                 number=number)
        for number, count in letters.items()
    ])  # fmt: skip


def _said(error: Invalid) -> str:
    if error.field in NUMBERS or error.field == "jitter_seconds":
        return _("Write a number above 0, or leave it empty.")
    if error.field == "warmup":
        return _("Write the letters of each day with commas between them, such as 1000,5000,20000.")
    if error.field in ("quiet", "quiet_from"):
        return _("Write both times, such as 21:00 and 8:00, or leave both empty.")
    return error.say(language())


def _shown(found: Lane) -> dict[str, str]:
    shown = {name: "" if getattr(found, name) is None else f"{getattr(found, name):g}" for name in NUMBERS}
    return shown | {
        "name": found.name,
        "domains": " ".join(found.domains),
        "quiet_from": f"{found.quiet_from:%H:%M}" if found.quiet_from else "",
        "quiet_until": f"{found.quiet_until:%H:%M}" if found.quiet_until else "",
        "jitter_seconds": str(found.jitter_seconds or ""),
        "warmup": ",".join(map(str, found.warmup)),
    }


def _version(found: Lane) -> str:
    return digest_of(_shown(found))


def _page(found: Lane, typed: dict[str, str], status: int = 200, **values: Any) -> ResponseReturnValue:
    version = _version(found)
    return frame.page("lane", None, "lanes", status, lane=found, typed=typed, kept=_shown(found), current=version,
                      title=_("Lane “%(name)s”", name=found.name),
                      **{"version": version, **_waiting(), **values})  # fmt: skip


def _new(typed: dict[str, str], errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    return frame.page("new_lane", None, "lanes", status, typed=typed, errors=errors or {}, title=_("Add a lane"))
