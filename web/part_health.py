"""How the parts do that pages, links and letters stand on: asked on /readyz, and shown to staff while one is down."""

from __future__ import annotations

import time
from functools import cache

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import settings
from models import migrations
from models.store import broker, db, last_sweep, part_status
from models.tracking import spool

from .language import _

OK = "ok"
READ_ONLY = "takes no writes"
_SHOWN_SECONDS = 3.0
"""So long what staff are shown is not asked again."""


def read() -> dict[str, str]:
    """Each part by name: “ok”, or what is wrong. What others tell of stands here while it is wrong alone.

    These are the parts of a launcher that are down, and ``sweep`` where worker or timetable hang.
    """
    launched = part_status.read_down(settings.get().kairan_data)
    return {"database": database(), "broker": broker.trouble() or OK, "disk": _disk()} | launched | _sweep()


def database() -> str:
    """Whether the database answers, with every migration, and takes writes."""
    try:
        current = migrations.current()
        takes_writes = db.takes_writes()
    except SQLAlchemyError:
        return "does not answer"
    if current == _head():
        return OK if takes_writes else READ_ONLY
    return f"is at migration {current or 'none'}, {_head()} is wanted"


@cache
def _head() -> str:
    return migrations.head()


def _disk() -> str:
    try:
        spool.check_room()
    except OSError as error:
        return f"takes no files: {error.strerror}"
    return OK


def _sweep() -> dict[str, str]:
    seconds = last_sweep.overdue()
    return {} if seconds is None else {"sweep": last_sweep.text(seconds)}


class _Shown:
    """What staff were last shown."""

    until = 0.0
    names: tuple[str, ...] = ()
    minutes_unswept = 0


def down_for_staff() -> tuple[str, ...]:
    """The names of the parts that are down, as a person calls them."""
    if time.monotonic() > _Shown.until:
        _Shown.names = tuple(name for name, state in read().items() if state != OK)
        _Shown.minutes_unswept = (last_sweep.overdue() or 0) // 60
        _Shown.until = time.monotonic() + _SHOWN_SECONDS
    titles = {
        **dict.fromkeys(("database", "postgres"), _("the database")),
        **dict.fromkeys(("broker", "valkey"), _("the broker")),
        "disk": _("the disk (it takes no files)"),
        "worker": _("sending and preparing (worker)"),
        "beat": _("the timetable"),
        "sweep": _(
            "nothing has looked for work for %(minutes)s minutes (worker or timetable hang)",
            minutes=_Shown.minutes_unswept,
        ),
        "mailbox": _("the mail catcher"),
        "returns": _("the intake of returned mail"),
        "web": _("the web server"),
    }
    return tuple(dict.fromkeys(titles.get(name, name) for name in _Shown.names))


def init_app(app: Flask) -> None:
    """Let the frame of staff's pages ask."""
    app.jinja_env.globals["parts_down"] = down_for_staff
