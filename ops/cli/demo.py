"""``kairan demo``."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from ..demo.fill import READERS, Advance, fill
from ..demo.state import DemoState


@click.command
@click.option(
    "--logins/--no-logins", "print_logins", default=True, help="Whether the logins of the demo's staff are printed."
)
@click.option(
    "--readers", default=READERS, show_default=True, type=click.IntRange(60, 900), help="About how many readers."
)
def demo(print_logins: bool, readers: int) -> None:
    """Fill an empty, running installation with a demo: a newsletter's year, its readers and its ranking.

    The twelve months before today pass with the clock of this command set back; letters are caught, never mailed. It
    takes a minute or two. Where it was cut short it goes on; where there is other data it does nothing.
    """
    _quieten()
    signal.signal(signal.SIGTERM, _stop)
    try:
        made = fill(show, readers)
    except KeyboardInterrupt:
        click.echo("\nThe demo is incomplete. Run `kairan demo` again: it goes on where it was.", err=True)
        sys.exit(130)
    if made is None:
        click.echo("There is data already: nothing was done.")
    elif print_logins:
        click.echo(logins(made))


def logins(made: DemoState) -> str:
    """How the demo's staff log in."""
    lines = [f"  {login.role:16} {login.address:24} {login.password}" for login in made.staff]
    return "\n".join(["The demo is there. Its staff log in with:", *lines])


@contextmanager
def show(label: str, steps: int) -> Iterator[Advance]:
    """A progress bar, or a line where nobody watches."""
    with click.progressbar(length=max(steps, 1), label=f"{label:40}", show_eta=False, file=sys.stdout) as bar:

        def advance(count: int) -> None:
            bar.update(count)

        yield advance
        bar.update(max(steps, 1) - bar.pos)


def _quieten() -> None:
    """Keep what a worker says of each issue out of the progress; what goes wrong is said."""
    for name in ("models", "worker", "web"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
