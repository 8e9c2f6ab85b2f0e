"""``kairan doctor``."""

from __future__ import annotations

import sys

import click

from ..doctor.check_result import CheckResult, Grade
from ..doctor.servers import examine

MARKS = {Grade.GOOD: ("✓", "green"), Grade.DOUBTFUL: ("!", "yellow"), Grade.BAD: ("✗", "red")}


@click.command
def doctor() -> None:
    """Check database, broker, relay and settings, and say how to fix what is wrong.

    Exit status 1 when something is bad; doubts alone do not count.
    """
    findings = examine()
    for finding in findings:
        click.echo(_line(finding))
    if any(finding.grade is Grade.BAD for finding in findings):
        sys.exit(1)


def _line(finding: CheckResult) -> str:
    mark, colour = MARKS[finding.grade]
    line = f"{click.style(mark, fg=colour)} {finding.part:12} {finding.text}"
    return f"{line}\n  {'':12} → {finding.remedy}" if finding.remedy else line
