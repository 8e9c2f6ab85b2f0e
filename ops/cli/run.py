"""``kairan run``."""

from __future__ import annotations

from contextlib import suppress

import click
from sqlalchemy import func, select

import settings
from models.issues.newsletter import Newsletter
from models.staff import first_member
from models.store import db

from ..demo import state
from ..run.launcher import Launcher, Stopped


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
        if demo and wants_demo():
            echo("\nFilling the database with demo data. Everything works meanwhile.")
            launcher.start_demo(lambda: echo("\nThe demo data are there.\n" + table(logins())))
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
    with db.session_scope() as session:
        if first_member.is_needed(session):
            rows.append(("First administrator", first_member.link() + "  (works once, while nobody is on the staff)"))
    rows += logins()
    rows += [("Data", str(launcher.data)), ("Logs", str(launcher.data / "logs"))]
    rows += [
        ("Database", f"{place} (its account cannot enter the folder above)") for place in launcher.outside_folders()
    ]
    if chosen.kairan_mailbox and chosen.web_host not in ("127.0.0.1", "::1", "localhost"):
        rows.append(("Warning", f"anybody who reaches {chosen.web_host} can read the caught letters"))
    return f"\nKairan runs. Ctrl+C stops it.\n\n{table(rows)}"


def table(rows: list[tuple[str, str]]) -> str:
    """Two columns."""
    return "\n".join(f"  {name:24} {value}" for name, value in rows)


def logins() -> list[tuple[str, str]]:
    """What the demo's staff log in with."""
    return [(f"Staff ({login.role})", f"{login.address}  {login.password}") for login in state.load().staff]


def wants_demo() -> bool:
    """Whether the database is empty, or an earlier filling was cut short."""
    with db.session_scope() as session:
        if session.scalar(select(func.count()).select_from(Newsletter)) == 0:
            return True
    return state.load().begun
