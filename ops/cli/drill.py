"""``kairan drill``."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from models.store.phrase import phrase

from ..drill import reconcile
from ..drill.fault_drill import FaultDrill
from ..drill.faults import Fault, PartFault
from ..drill.reconcile import Reconciliation
from ..drill.scenario import Drill, Plan
from .messages.usage_error import WrongUsage


@click.command
@click.option("--recipients", default=20_000, show_default=True, type=click.IntRange(1), help="Invented readers.")
@click.option("--kills", default=10, show_default=True, type=click.IntRange(0), help="SIGKILLs, at random moments.")
@click.option("--seed", type=int, help="The same seed, the same faults, as far as time allows; random if not given.")
@click.option("--smtp", default="", metavar="HOST:PORT", help="Send to a server of yours instead of one that counts.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1), help="Processes that send.")
@click.option("--connections", default=4, show_default=True, type=click.IntRange(1), help="Connections of each.")
@click.option("--list", "list_to", type=click.Path(path_type=Path, dir_okay=False), help="Write address,state lines.")
@click.option("--faults", default="", metavar="PARTS", help="Any of broker,database,disk,worker,beat, by commas.")
@click.option("--fault-seconds", default=3.0, show_default=True, help="The longest that a part is away.")
def drill(
    recipients: int,
    kills: int,
    seed: int | None,
    smtp: str,
    processes: int,
    connections: int,
    list_to: Path | None,
    faults: str,
    fault_seconds: float,
) -> None:
    """Fire drill: send an issue with the real parts while workers are killed and the server misbehaves.

    Everything runs in a temporary folder with servers of its own; nothing of a real installation is touched. Status 0
    only if every reader is accounted for, nobody got two letters, and the database agrees with what the server counted.
    With --faults the named parts are taken away, in turn and together, for up to --fault-seconds, while hits come in,
    which must all be in the database at the end; workers are killed as parts then, not at random.

    With --smtp nobody counts but you: the status then says that the certificate's sum is zero.
    """
    parts = _parts(faults)
    if parts and smtp:
        raise WrongUsage(phrase("--faults needs the server that counts: leave --smtp out."))
    seed = secrets.randbelow(10**6) if seed is None else seed
    kills = 0 if parts else kills
    plan = Plan(recipients, kills, seed, smtp, processes, connections, list_to, parts, fault_seconds)
    click.echo(
        f"Fire drill, seed {plan.seed}: {recipients:,} readers, {kills} kills, {processes} × {connections} connections"
    )
    found = (FaultDrill if parts else Drill)(plan, click.echo).run()
    click.echo()
    click.echo("\n".join(reconcile.table(found)))
    click.echo(_summary(found))
    if found.wrong:
        sys.exit(1)


def _parts(names: str) -> tuple[PartFault, ...]:
    try:
        return tuple(dict.fromkeys(PartFault(name.strip()) for name in names.split(",") if name.strip()))
    except ValueError:
        known = ", ".join(fault.value for fault in PartFault)
        raise WrongUsage(
            phrase("--faults: one of {names} is no part; parts are {known}", names=repr(names), known=known)
        ) from None


def _summary(found: Reconciliation) -> str:
    if found.server:
        happened = [
            f"{count} × {fault.value}" for fault, count in found.server.faults.items() if fault is not Fault.NONE
        ]
        click.echo(f"The server: {', '.join(happened) or 'no faults'}.")
    if found.wrong:
        return click.style("\n".join(["Database and server do not agree:", *found.wrong]), fg="red")
    unknown = f"unknown: {found.unknown_by_server} by the server, {found.unknown_by_kill} by kills"
    who = "Every reader is accounted for, nobody was mailed twice" if found.server else "The sum is zero"
    return click.style(f"{who}; {unknown}.", fg="green")
