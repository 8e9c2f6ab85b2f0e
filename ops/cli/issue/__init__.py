"""``kairan issue``: what staff do with issues, from the file to the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from ..lazy_group import LazyGroup


class IssueCommands(LazyGroup):
    """The commands of this group. A new one is a function in one of these files and a line below."""

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "approve": ("ops.cli.issue.review:approve", "Approve exactly the present content of issue ID (決裁)."),
        "cancel": (
            "ops.cli.issue.sending:cancel",
            "Send no more of issue ID, for good. Letters that are out stay out.",
        ),
        "certificate": (
            "ops.cli.issue.sending:certificate",
            "Draw the certificate (配信証明書) of issue ID: the sum of all letters, and a digest over "
            "every single one.",
        ),
        "check": (
            "ops.cli.issue.review:check",
            "Say what is wrong with issue ID before anybody approves it. Status 1 where there are errors.",
        ),
        "correct": (
            "ops.cli.issue.correction:correct",
            "Draft a correction of issue ID, for those who got what was wrong.",
        ),
        "decide": (
            "ops.cli.issue.correction:decide",
            "Approve, or refuse, a link or a note that somebody proposed for issue ID.",
        ),
        "export": (
            "ops.cli.issue.import_export:export",
            "Write issue ID as a Markdown file with its figures, as `import` reads it.",
        ),
        "import": (
            "ops.cli.issue.import_export:import_files",
            "Read issues from Markdown FILES; see docs/manuscript.md. All of them, or none where one is wrong.",
        ),
        "list": ("ops.cli.issue.import_export:list_issues", "List issues, the newest first."),
        "pause": (
            "ops.cli.issue.sending:pause",
            "Stop sending issue ID within a window. Letters on the wire get their answers; the others wait.",
        ),
        "preview": (
            "ops.cli.issue.review:preview_",
            "Write issue ID as a reader would see it: HTML, dark, without images, after a gateway, text, raw source.",
        ),
        "relink": (
            "ops.cli.issue.correction:relink",
            'Let link NUMBER of issue ID\'s letters lead to URL, also of letters that are out; "" undoes it.',
        ),
        "repair": (
            "ops.cli.issue.correction:repair",
            "Change the letters of the paused issue ID that are not yet sent.",
        ),
        "resume": ("ops.cli.issue.sending:resume", "Go on sending the paused issue ID."),
        "retry": (
            "ops.cli.issue.resending:retry",
            "List the letters of issue ID that failed for a reason that is not the reader's, or send them again.",
        ),
        "return": ("ops.cli.issue.review:return_", "Send issue ID back to its author (差戻し)."),
        "schedule": ("ops.cli.issue.review:schedule", "Put the approved issue ID into the timetable."),
        "send": ("ops.cli.issue.sending:send", "Send the approved issue ID now, also where it was to go out later."),
        "stamp": ("ops.cli.issue.correction:stamp", "Say on the archive's page of issue ID what was wrong."),
        "submit": ("ops.cli.issue.review:submit", "Hand issue ID to the approvers (起案)."),
        "test": (
            "ops.cli.issue.testing:test_",
            "Send issue ID as a test letter, marked in its subject.",
        ),
        "unknown": (
            "ops.cli.issue.sending:unknown",
            "List the letters of issue ID whose outcome nobody knows, or settle some of them, all or none.",
        ),
        "unschedule": ("ops.cli.issue.review:unschedule", "Take issue ID out of the timetable; its approval stays."),
        "withdraw": (
            "ops.cli.issue.review:withdraw",
            "Take issue ID back from its approvers (引戻し): it is a draft again.",
        ),
        "watch": (
            "ops.cli.issue.sending:watch",
            "Show how far issue ID has come, until it is sent. Status 1 where it will not be.",
        ),
    }


@click.group(cls=IssueCommands)
def issue() -> None:
    """Issues: import, look, approve, schedule, send."""
