"""Editions keep which links their letters carry, so that who received an article can be counted by edition.

Follows: 0012
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from alembic import op
from markupsafe import escape
from sqlalchemy import text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TRACKED = re.compile(r'/c/([0-9]{1,9})/"')
"""A tracked link in an edition's HTML, in which nobody's token stands."""


def upgrade() -> None:
    """Read the links of stored editions from what was sent, and have the worker count their readers again."""
    op.execute("ALTER TABLE edition ADD COLUMN link_numbers INTEGER[]")
    connection = op.get_bind()
    links: dict[int, dict[int, str]] = {}
    for issue, number, url in connection.execute(text("SELECT issue_id, number, url FROM link")):
        links.setdefault(issue, {})[number] = url
    editions = connection.execute(text("SELECT issue_id, number FROM edition")).all()
    for issue, number in editions:
        html = connection.scalar(
            text("SELECT html FROM edition WHERE issue_id = :issue AND number = :number"),
            {"issue": issue, "number": number},
        )
        connection.execute(
            text("UPDATE edition SET link_numbers = :found WHERE issue_id = :issue AND number = :number"),
            {"issue": issue, "number": number, "found": _numbers(html or "", links.get(issue, {}))},
        )
    # As if counted before they were sent: kept numbers of copies stay, and are counted anew within a minute.
    op.execute("""
        UPDATE reach SET counted_at = '1970-01-01 00:00:00+00'
        WHERE issue_id IN (SELECT issue_id FROM edition GROUP BY issue_id HAVING count(*) > 1)
    """)


def _numbers(html: str, links: Mapping[int, str]) -> list[int] | None:
    """The links that an edition has; None where none of the issue's is recognised."""
    found = links.keys() & set(map(int, _TRACKED.findall(html)))
    if not found:  # without tracking, letters have the bare addresses
        found = {number for number, url in links.items() if f'href="{escape(url)}"' in html}
    return sorted(found) or None


def downgrade() -> None:
    """Forget them; kept numbers are counted anew by issues."""
    op.execute("ALTER TABLE edition DROP COLUMN link_numbers")
