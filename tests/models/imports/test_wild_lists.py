"""Lists as the wild gives them: the outcomes of all lines, the names, and who must not be mailed.

The lists and what is expected of them were written by somebody who had not seen the code: see their README.md.
"""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.imports import examine, reader_status
from models.imports.csv_file import CsvFile
from models.imports.subscribers import ImportCounts, Importer, RejectedRow, batches
from models.issues.newsletter import Newsletter
from models.readers import suppression
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from tests.sample import make_newsletter

FOLDER = Path(__file__).parents[2] / "data" / "lists"
LISTS: list[dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))["list"]
ASKED = {
    **dict.fromkeys(("02_excel_unicode.txt", "21_trailing.csv"), ("備考",)),
    **dict.fromkeys(("03_mailer_iso2022jp.csv", "07_outlook_ja.csv", "23_cut_off.csv"), ("メモ",)),
    **dict.fromkeys(("05_google_contacts.csv", "08_outlook_en.csv"), ("Notes",)),
    "13_sep_line.csv": ("金額",),
    "14_mac_cr.csv": ("ひとこと",),
    "20_form_addresses.csv": ("ご希望のテーマ（複数選択可）",),
}
"""Columns that the import asks about, in the lists that fill them."""


def take(session: Session, wild: dict[str, Any]) -> tuple[ImportCounts, list[RejectedRow], examine.Findings]:
    """Take in a list with what its README says that a person must say."""
    newsletter = make_newsletter(session)
    importer = Importer(newsletter, source="窓口の申込書", name=wild["file"])
    file = CsvFile(
        FOLDER / wild["file"],
        importer.custom,
        wild.get("map", {}),
        [*wild.get("ignore", []), *ASKED.get(wild["file"], ())],
        ["メールアドレス"] if wild.get("heading") is False else [],
    )
    told = examine.in_columns(file, reader_status.told(wild.get("status", {})))
    found = examine.examine(file, told)
    importer.left = found.left
    whole, rejected = ImportCounts(), []
    for batch in batches(examine.rows(file, found, told)):
        outcome, refused = importer.store_batch(session, batch)
        whole.add(outcome)
        rejected += refused
    return whole, rejected, found


@pytest.mark.parametrize("wild", LISTS, ids=[one["file"] for one in LISTS])
def test_list_as_the_wild_gives_it(session: Session, wild: dict[str, Any]) -> None:
    outcome, refused, found = take(session, wild)
    assert found.counts.records == outcome.total == wild["records"]
    at_will = {one["line"] for one in wild["open"]}
    lines = {one.line for one in refused}
    assert lines - at_will == {one["line"] for one in wild["refused"]}
    assert wild["added"] <= outcome.added <= wild["added"] + len(at_will)
    assert outcome.stopped >= sum(wild["stopped"].values())
    rows = session.execute(
        select(Subscriber.address_key, Subscriber.name)
        .join(Subscription)
        .where(Subscription.state == SubscriptionState.ACTIVE)
    )
    active: dict[str | None, str] = dict(rows.all())  # type: ignore[arg-type]
    assert len(active) == outcome.added
    for address, name in wild["readers"]:
        assert active[address.lower()] == unicodedata.normalize("NFC", name)
    for address in wild["not_mailed"]:
        assert address not in active
        assert suppression.find(session, address, session.scalars(select(Newsletter.id)).one())
