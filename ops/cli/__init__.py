"""The command line, ``kairan``: one file per group of commands, imported when one of its commands is called.

This file imports nothing but click, so that the help and small commands start at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import click

from .lazy_group import LazyGroup, load


class Kairan(LazyGroup):
    """The whole command line. A new group of commands is a new file here and a line below."""

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "article": ("ops.cli.article:article", "Articles: the pieces that issues refer to."),
        "audit": ("ops.cli.audit:audit_", "The audit log: who did what."),
        "beat": ("ops.cli.services:beat", "The timetable alone; exactly one may run."),
        "demo": (
            "ops.cli.demo:demo",
            "Fill an empty, running installation with a demo: a newsletter's year, its readers and its ranking.",
        ),
        "dkim": (
            "ops.cli.dkim:dkim",
            "DKIM (RFC 6376): signatures by which receivers know that a letter is from its sender's domain.",
        ),
        "doctor": (
            "ops.cli.doctor:doctor",
            "Check database, broker, relay, settings and the sender's domain, and say how to fix what is wrong.",
        ),
        "drill": (
            "ops.cli.drill:drill",
            "Fire drill: send an issue with the real parts while workers are killed and the server misbehaves.",
        ),
        "hits": ("ops.cli.hits:hits", "Opens, clicks and views: import, export, judge again."),
        "issue": ("ops.cli.issue:issue", "Issues: import, look, approve, schedule, send."),
        "lane": (
            "ops.cli.lane:lane",
            "Lanes: letters to one destination (docomo, Gmail, …), and how fast it takes them.",
        ),
        "mailbox": ("ops.cli.mailbox:mailbox", "Letters that were caught instead of mailed."),
        "migrate": ("ops.cli.migrate:migrate", "Bring the database to the state that this version expects."),
        "newsletter": ("ops.cli.newsletter:newsletter", "Newsletters: what people subscribe to."),
        "ranking": (
            "ops.cli.ranking:ranking_",
            "Rank a period's articles by their human readers (days in Asia/Tokyo).",
        ),
        "relay": ("ops.cli.relay:relay", "Relays: the SMTP servers that letters are handed to, each with its share."),
        "report": ("ops.cli.report:report", "Reports on issues, people and total, and a briefing for the next one."),
        "returns": ("ops.cli.returns:returns", "Returned mail: bounces, complaints and answers."),
        "run": (
            "ops.cli.run:run",
            "Run everything here: web server, worker, timetable, and what is not set of database, broker and mail.",
        ),
        "staff": ("ops.cli.staff:staff", "Staff: who may write, approve, send and administrate."),
        "subscriber": ("ops.cli.subscriber:subscriber_", "Readers: import lists, look, suppress, erase."),
        "web": ("ops.cli.services:web", "The web server alone."),
        "worker": (
            "ops.cli.services:worker",
            "The worker alone; one per container or host, and as many of these as you like.",
        ),
    }

    def make_context(self, *args: Any, **values: Any) -> click.Context:
        """Read the call; what is wrong with it is said in the reader's language."""
        with _telling():
            return super().make_context(*args, **values)

    def invoke(self, context: click.Context) -> Any:
        """Run the command; what is wrong with its call is said in the reader's language."""
        with _telling():
            return super().invoke(context)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Hold the rule for input for every argument of every command, before any of them is read."""
        return super().parse_args(
            context, [_in_one_form(typed, number, context) for number, typed in enumerate(args, 1)]
        )


_NOBODYS = frozenset({"run", "web", "worker", "beat", "drill", "demo", "doctor"})
"""Commands that start others, or change what is nobody's."""


@contextmanager
def _telling() -> Iterator[None]:
    """Have errors of click speak the reader's language; what that takes is imported once there is one."""
    try:
        yield
    except click.ClickException as error:
        load("ops.cli.messages.usage_error:speak")(error)
        raise


def _in_one_form(typed: str, number: int, context: click.Context) -> str:
    """An argument as the rule for input (:mod:`models.store.input_rule`) has it. A name of a file is left as it is.

    The rule is imported only where it is needed: not for arguments of plain ASCII.
    """
    if typed.isascii() and typed.isprintable():
        return typed
    normalised = str(load("models.store.input_rule:normalised")(typed))
    if load("models.store.input_rule:fault")(normalised):
        raise load("ops.cli.messages.usage_error:no_text")(number, context)
    return typed if os.path.lexists(typed.rpartition("=")[2] if typed.startswith("--") else typed) else normalised


@click.group(cls=Kairan, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kairan")
@click.pass_context
def kairan(context: click.Context) -> None:
    """Kairan (回覧): email newsletters, from the sign-up form to the year's ranking.

    Commands use the servers that the environment names, else those of the `kairan run` that runs on the same
    data folder (KAIRAN_DATA, by default ./data).
    """
    if context.invoked_subcommand != "run":  # which starts servers of its own
        load("ops.run.run_state:adopt")()
    if context.invoked_subcommand not in _NOBODYS:
        load("ops.cli.actor:begin")(context)


def main() -> None:
    """Run the command line. Errors on purpose become one message and status 1."""
    try:
        kairan()
    except Exception as error:
        message = load("ops.cli.messages.error_message:of")(error)
        if message is None:
            raise
        click.echo(message, err=True)
        sys.exit(1)
