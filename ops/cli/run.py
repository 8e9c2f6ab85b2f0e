"""``kairan run``."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

import settings
from models.issues.newsletter import Newsletter
from models.store import db

from ..run.launcher import Launcher, Stopped

DEMO = "ops.cli.demo"


@click.command
@click.option("--demo/--no-demo", default=True, help="Whether an empty database is filled with demo data.")
def run(demo: bool) -> None:
    """Run everything here: web server, worker, timetable, and what is not set of database, broker and mail.

    Data stay in KAIRAN_DATA (./data). Ctrl+C stops everything; the next start keeps all data.
    """
    data = settings.get().kairan_data
    launcher = Launcher(data, echo)
    echo(f"Starting Kairan on {launcher.data} …")
    try:
        launcher.start()
    except Stopped:
        echo("Stopped.")
        return
    try:
        echo(address_table(launcher))
        if demo and find_spec(DEMO) and wants_demo(launcher.data):
            echo("\nFilling the database with demo data. Everything works meanwhile.")
            launcher.start_demo(lambda: echo("\nThe demo data are there.\n" + table(logins(launcher.data))))
        launcher.supervise()
    finally:
        echo("\nStopping …")
        launcher.stop()
    echo("Stopped. All data are kept.")


def echo(line: str) -> None:
    """Print *line*. A terminal that has gone away is no reason to stop half-way."""
    with suppress(OSError):
        click.echo(line)


def address_table(launcher: Launcher) -> str:
    """The table of where everything is."""
    chosen = settings.get()
    base = chosen.base_url.rstrip("/")
    rows = [("Sign-up and archive", base + "/"), ("Staff", base + "/staff/")]
    if chosen.kairan_mailbox:
        rows.append(("Caught letters", base + "/dev/mailbox"))
    else:
        rows.append(("Letters go out through", chosen.smtp_url.rpartition("@")[2]))
    rows += logins(launcher.data)
    rows += [("Data", str(launcher.data)), ("Logs", str(launcher.data / "logs"))]
    rows += [
        ("Database", f"{place} (its account cannot enter the folder above)") for place in launcher.outside_folders()
    ]
    if chosen.kairan_mailbox and chosen.web_host not in ("127.0.0.1", "::1", "localhost"):
        rows.append(("Beware", f"whoever reaches {chosen.web_host} can read the caught letters"))
    return f"\nKairan runs. Ctrl+C stops it.\n\n{table(rows)}"


def table(rows: list[tuple[str, str]]) -> str:
    """Two columns."""
    return "\n".join(f"  {name:24} {value}" for name, value in rows)


def demo_note(data: Path) -> dict[str, Any]:
    """What ``kairan demo`` noted: ``staff`` (``role``, ``address``, ``password`` each) and ``finished``."""
    with suppress(FileNotFoundError, ValueError):
        note: dict[str, Any] = json.loads((data / "demo.json").read_text())
        return note
    return {}


def logins(data: Path) -> list[tuple[str, str]]:
    """What the demo's staff log in with."""
    staff = demo_note(data).get("staff", [])
    return [(f"Staff ({member['role']})", f"{member['address']}  {member['password']}") for member in staff]


def wants_demo(data: Path) -> bool:
    """Whether the database is empty, or an earlier filling was cut short."""
    with db.session_scope() as session:
        if session.scalar(select(func.count()).select_from(Newsletter)) == 0:
            return True
    return demo_note(data).get("finished") is False
