"""``kairan doctor``."""

from __future__ import annotations

import sys

import click

from ..doctor import sender_domain
from ..doctor.check_result import CheckResult, Grade
from ..doctor.servers import examine

MARKS = {Grade.GOOD: ("✓", "green"), Grade.DOUBTFUL: ("!", "yellow"), Grade.BAD: ("✗", "red")}


@click.command
@click.option("--domains", is_flag=True, help="Examine the senders' domains alone, also where letters are caught.")
@click.option("--letter", metavar="ISSUE", type=int, help="Examine the letter of an issue alone, as receivers do.")
def doctor(domains: bool, letter: int | None) -> None:
    """Check database, broker, relay, settings and the sender's domain, and say how to fix what is wrong.

    Exit status 1 when something is bad; doubts alone do not count.
    """
    findings: list[CheckResult] = []
    if letter is not None:
        findings += sender_domain.letter(letter)
    if domains:
        findings += sender_domain.examined()
    if letter is None and not domains:
        findings = [*examine(), *sender_domain.sender_domains()]
    for finding in findings:
        click.echo(_line(finding))
    if any(finding.grade is Grade.BAD for finding in findings):
        sys.exit(1)


def _line(finding: CheckResult) -> str:
    mark, colour = MARKS[finding.grade]
    lines = [f"{click.style(mark, fg=colour)} {finding.part:12} {finding.text}"]
    if finding.remedy:
        lines.append(f"  {'':12} → {finding.remedy}")
    return "\n".join([*lines, *(f"      {one}" for one in finding.zone)])
