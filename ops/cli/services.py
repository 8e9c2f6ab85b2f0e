"""``kairan web``, ``worker``, ``beat``: each part alone, for containers and service managers."""

from __future__ import annotations

import os

import click

import settings
from models.store.secret_key import refuse_weak

from ..run import programs
from ..run.data_folder import close_folder


@click.command
def web() -> None:
    """The web server alone."""
    _replace_process(programs.web())


@click.command
def worker() -> None:
    """The worker alone; one per container or host, and as many of these as you like."""
    _replace_process(programs.worker())


@click.command
def beat() -> None:
    """The timetable alone; exactly one may run."""
    folder = settings.get().kairan_data / "beat"
    folder.mkdir(parents=True, exist_ok=True)
    _replace_process(programs.beat(folder / "schedule"))


def _replace_process(command: programs.Command) -> None:
    refuse_weak()
    close_folder(settings.get().kairan_data)
    # Replaces this process, so that signals of a service manager reach the part itself.
    os.execv(command[0], command)  # noqa: S606  a command of our own
