"""The command line, ``kairan``: one file per group of commands, read when its command is called."""

from __future__ import annotations

import importlib
import sys

import click
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

import settings
from models.store.errors import KairanError

from ..run import run_state

# Command → where it is. A new group of commands is a new file here and a line below.
COMMANDS = {
    "article": "ops.cli.article:article",
    "audit": "ops.cli.audit:audit_",
    "beat": "ops.cli.services:beat",
    "demo": "ops.cli.demo:demo",
    "dkim": "ops.cli.dkim:dkim",
    "doctor": "ops.cli.doctor:doctor",
    "drill": "ops.cli.drill:drill",
    "hits": "ops.cli.hits:hits",
    "issue": "ops.cli.issue:issue",
    "lane": "ops.cli.lane:lane",
    "mailbox": "ops.cli.mailbox:mailbox",
    "migrate": "ops.cli.migrate:migrate",
    "newsletter": "ops.cli.newsletter:newsletter",
    "ranking": "ops.cli.ranking:ranking_",
    "relay": "ops.cli.relay:relay",
    "report": "ops.cli.report:report",
    "run": "ops.cli.run:run",
    "staff": "ops.cli.staff:staff",
    "subscriber": "ops.cli.subscriber:subscriber_",
    "web": "ops.cli.services:web",
    "worker": "ops.cli.services:worker",
}


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        """Names, for the help."""
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name; its file is read only now."""
        if name not in COMMANDS:
            return None
        module, _, function = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module), function)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kairan")
@click.pass_context
def kairan(context: click.Context) -> None:
    """Kairan (回覧): email newsletters, from the sign-up form to the year's ranking.

    Commands use the servers that the environment names, else those of the `kairan run` that runs on the same
    data folder (KAIRAN_DATA, by default ./data).
    """
    if context.invoked_subcommand != "run":  # which starts servers of its own
        run_state.adopt()


def main() -> None:
    """Run the command line. Errors on purpose become one message and status 1."""
    try:
        kairan()
    except KairanError as error:
        _fail(str(error))
    except (OperationalError, InterfaceError) as error:
        _fail(f"{_database_hint(error)}\n{str(error.orig).strip()}")


def _fail(message: str) -> None:
    click.echo(click.style("Error: ", fg="red", bold=True) + message, err=True)
    sys.exit(1)


def _database_hint(error: DBAPIError) -> str:
    if getattr(error.orig, "sqlstate", None):  # it did answer
        return "The database refused."
    if run_state.is_set("database_url"):
        return "The database does not answer. Check DATABASE_URL, or run `kairan doctor`."
    data = settings.get().kairan_data.absolute()
    return f"There is no database. Start `kairan run` on {data} and leave it running, or set DATABASE_URL."
