"""Evidence: a true sheet is accepted, each forgery is found, and a script without Kairan says the same."""

from __future__ import annotations

import base64
import copy
import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Edition
from models.reports import (
    evidence,
    evidence_check,
    hit_export,
    period,
    ranking,
    ranking_clicks,
    ranking_key,
    ranking_reach,
)
from models.reports.hit_export import HitRow
from models.reports.ranking import Measure, Query
from models.store.errors import Invalid
from models.tracking import ingest
from models.tracking.readership import Policy
from tests import sample_requests

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter

SCRIPT = Path(__file__).parents[3] / "docs" / "verify" / "ranking-verify.py"
QUERY = Query("dx-letter", period.year(2021))
QUERIES = {
    "readers": QUERY,
    "audience": Query("dx-letter", period.month(2021, 5), audience="official"),
    "topic": Query("dx-letter", period.fiscal_year(2021), topic="rpa", policy=Policy.WIDE),
    "early": Query("dx-letter", period.year(2021), measure=Measure.EARLY, first_days=40),
    "rate": Query("dx-letter", period.year(2021), measure=Measure.RATE),
}


@dataclass
class Files:
    """A sheet and what goes with it, as they are read from files."""

    sheet: dict[str, Any]
    rows: list[HitRow]
    reach: dict[str, Any]
    keys: str

    @property
    def faults(self) -> list[str]:
        return self.check().faults

    def check(self, *, with_key: bool = True) -> evidence_check.Verification:
        keys = evidence_check.read_keys(self.keys) if with_key else None
        return evidence_check.verify(self.sheet, self.rows, self.reach, keys)


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    """People and machines on three issues; the last one has articles of its own, one for half of the readers."""
    made = sample_newsletter.create(session, issue_count=2, article_count=6, reader_count=40, plain_links=3)
    sample_newsletter.add_issue(session, made, PUBLISHED + timedelta(days=90), made.articles[:2])
    links = max(made.links[made.issues[0].id])
    entries = []
    for place, name in enumerate(sample_requests.KINDS):
        issue, reader = made.issues[place % 2], made.readers[place % 40]
        for requests in sample_requests.traffic(name, 1, links=links):
            entries += [
                sample_newsletter.incoming_hit(issue.id, reader, request, made.delivered(issue.id))
                for request in requests
            ]
    ingest.store_incoming(session, entries)
    last = made.issues[-1].id
    for number, numbers in ((1, [1, 2, 3, 4, 5]), (2, [1, 3, 4, 5])):
        session.add(
            Edition(issue_id=last, number=number, variant={"met": []}, link_numbers=numbers, frozen=b"", html="",
                    text="", size=0, digest="")
        )  # fmt: skip
    odd = (Delivery.issue_id == last, Delivery.subscriber_id % 2 == 1)
    session.execute(update(Delivery).where(*odd).values(edition=2))
    session.execute(
        update(Delivery).where(Delivery.subscriber_id == made.readers[3]).values(state=DeliveryState.BOUNCED)
    )
    return made


def drawn(session: Session, query: Query = QUERY, top: int = 3) -> Files:
    """A sheet with its files."""
    found = evidence.draw(session, query, top=top)
    rows = list(ranking_clicks.rows(session, found.clicks))
    keys = ranking_key.published(ranking_key.list_keys(session, evidence.newsletter_of(session, query)))
    return Files(json.loads(json.dumps(found.sheet)), rows, json.loads(json.dumps(found.reach)), keys)


def script(folder: Path, files: Files, *, with_key: bool = True, with_reach: bool = True) -> tuple[int, str]:
    """What the script without Kairan says, and 0 where nothing is wrong."""
    (folder / "sheet.json").write_text(json.dumps(files.sheet, ensure_ascii=False), "utf-8")
    (folder / "reach.json").write_text(json.dumps(files.reach, ensure_ascii=False), "utf-8")
    (folder / "key.pem").write_text(files.keys, "utf-8")
    with (folder / "clicks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(hit_export.COLUMNS)
        writer.writerows(files.rows)
    names = ["sheet.json", "clicks.csv"] + ["reach.json"] * with_reach + ["key.pem"] * with_key
    command = [sys.executable, "-I", str(SCRIPT), *(str(folder / name) for name in names)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    return answer.returncode, answer.stdout


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_true_sheet_is_accepted(session: Session, made: SampleNewsletter, query: Query, tmp_path: Path) -> None:
    files = drawn(session, query)
    assert files.sheet["places"]
    assert files.check() == evidence_check.Verification([], files.check().verified, [])
    files.rows.reverse()
    assert files.faults == []
    assert evidence_check.verify_here(session, files.sheet).faults == []
    code, told = script(tmp_path, files)
    assert (code, told.count("NOT looked at"), "Every number of" in told) == (0, 0, True)
    for with_key, with_reach in ((False, True), (True, False), (False, False)):
        code, told = script(tmp_path, files, with_key=with_key, with_reach=with_reach)
        assert (code, told.count("NOT looked at")) == (0, (not with_key) + (not with_reach)), told
        assert "Every number" not in told


def test_the_sheet_adds_up(session: Session, made: SampleNewsletter) -> None:
    sheet = drawn(session, top=6).sheet
    for place in sheet["places"]:
        assert place["raw"] == place["counted"] + sum(place["excluded"].values())
        assert place["readers"] <= place["counted"]
    assert sum(sum(place["excluded"].values()) for place in sheet["places"]) > 50
    assert {"head"} <= {rule for place in sheet["places"] for rule in place["excluded"]}


def test_received_of_the_sheet_is_that_of_the_ranking(session: Session, made: SampleNewsletter) -> None:
    for query in QUERIES.values():
        found = {place.slug: place.received for place in ranking.compute(session, query).places}
        sheet = evidence.draw(session, query, top=2).sheet
        assert {one["article"]: one["received"] for one in (*sheet["places"], *sheet["others"])} == found
    everybody = {place.slug: place.received for place in ranking.compute(session, QUERY).places}
    assert everybody["article-0"] == 39


def test_drawn_again_it_has_the_same_digest(session: Session, made: SampleNewsletter) -> None:
    found = ranking.compute(session, QUERY)
    later = replace(found, computed_at=found.computed_at + timedelta(hours=1))
    sheet, again = evidence.sheet(session, found, top=3), evidence.sheet(session, later, top=3)
    assert again["computed_at"] != sheet["computed_at"]
    assert again["digest"] == sheet["digest"]
    assert again["signature"] != sheet["signature"]


def test_the_first_sheet_is_not_older_than_its_key(session: Session, made: SampleNewsletter) -> None:
    """The key is made after the ranking was computed, be it a minute later."""
    found = ranking.compute(session, QUERY)
    sheet = evidence.sheet(session, replace(found, computed_at=found.computed_at - timedelta(minutes=1)), top=3)
    assert evidence_check.verify_here(session, sheet).faults == []


# What a forger does to a copy of the files; each takes them apart and puts them together again as well as it can.


def without_place(files: Files) -> None:
    del files.sheet["places"][0]
    renumber(files.sheet)


def without_place_nor_article(files: Files) -> None:
    """The sheet's list of what nobody read has it instead."""
    gone = files.sheet["places"].pop(0)
    files.sheet["unread"].append(
        {name: gone[name] for name in ("article", "from", "until", "raw", "counted", "excluded")}
    )
    renumber(files.sheet)


def renumber(sheet: dict[str, Any]) -> None:
    for number, entry in enumerate([*sheet["places"], *sheet["others"]], 1):
        entry["number"] = number


def more_received(files: Files) -> None:
    files.sheet["places"][0]["received"] += 5


def less_received_in_reach(files: Files) -> None:
    files.reach["copies"][0][1] -= 1
    reach = ranking_reach.ReachFile(files.reach)
    entries = [*files.sheet["places"], *files.sheet["others"]]
    received = reach.received([one["article"] for one in entries], files.sheet["query"]["until"])
    for entry in entries:
        entry["received"] = received[entry["article"]]


def another_rule_version(files: Files) -> None:
    rules = files.sheet["rules"]
    mark = next(iter(rules))
    name, version = mark.split("@")
    rules[f"{name}@{int(version) + 1}"] = rules.pop(mark)


def changed_verdict(files: Files) -> None:
    place = row_of_first(files, "human")
    files.rows[place] = files.rows[place]._replace(verdict="scanner", rules="burst@1")


def pardoned_machine(files: Files) -> None:
    place = row_of_first(files, "scanner")
    files.rows[place] = files.rows[place]._replace(verdict="human", rules="")


def row_of_first(files: Files, verdict: str) -> int:
    first = files.sheet["places"][0]["article"]
    return next(n for n, row in enumerate(files.rows) if row.article == first and row.verdict == verdict)


def changed_click_digest(files: Files) -> None:
    files.sheet["places"][0]["digest"] = "0" * 64


def left_out_click(files: Files) -> None:
    del files.rows[row_of_first(files, "human")]


def left_out_machine_of_the_last(files: Files) -> None:
    last = (files.sheet["others"] or files.sheet["places"])[-1]["article"]
    place = max(n for n, row in enumerate(files.rows) if row.article == last and row.verdict == "scanner")
    del files.rows[place]


def repeated_click(files: Files) -> None:
    files.rows.append(files.rows[row_of_first(files, "human")])


def another_reader(files: Files) -> None:
    place = row_of_first(files, "human")
    files.rows[place] = files.rows[place]._replace(reader="0" * 20)


def reader_of_another_export(files: Files) -> None:
    place = row_of_first(files, "human")
    files.rows[place] = files.rows[place]._replace(reader="0" * 16)


def reordered(files: Files) -> None:
    places = files.sheet["places"]
    places[0], places[1] = places[1], places[0]
    renumber(files.sheet)


def other_days(files: Files) -> None:
    files.sheet["places"][0]["until"] = "2021-05-16"


def wider_verdicts(files: Files) -> None:
    files.sheet["verdicts"] = ["human", "prefetch"]


def later_publication(files: Files) -> None:
    files.sheet["places"][0]["published"] = "2021-12-01"


def left_out_issue(files: Files) -> None:
    files.sheet["issues"].pop()


def changed_time(files: Files) -> None:
    files.sheet["computed_at"] = "2021-01-01T00:00:00+00:00"


def true_for_one(files: Files) -> None:
    """Python takes it for the same; a page or a spreadsheet shows something else."""
    excluded = next(
        e["excluded"] for e in (*files.sheet["places"], *files.sheet["others"]) if 1 in e["excluded"].values()
    )
    excluded[next(rule for rule, number in excluded.items() if number == 1)] = True


def fraction(files: Files) -> None:
    files.sheet["places"][0]["received"] = float(files.sheet["places"][0]["received"])


def true_in_query(files: Files) -> None:
    files.sheet["query"]["first_days"] = True


FORGERIES = [
    without_place, without_place_nor_article, more_received, less_received_in_reach, another_rule_version,
    changed_verdict, pardoned_machine, changed_click_digest, left_out_click, left_out_machine_of_the_last,
    repeated_click, another_reader, reader_of_another_export, reordered, other_days, wider_verdicts,
    later_publication, left_out_issue, true_for_one, fraction, true_in_query,
]  # fmt: skip
"""Found by the files alone, though the digest is made anew."""


@pytest.mark.parametrize("forge", FORGERIES)
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_case_t11_a_forgery_is_found(
    session: Session, made: SampleNewsletter, tmp_path: Path, query: Query, forge: Callable[[Files], None]
) -> None:
    files = drawn(session, query)
    forge(files)
    files.sheet["digest"] = evidence.digest(files.sheet)
    assert files.check(with_key=False).faults
    code, told = script(tmp_path, files, with_key=False)
    assert (code, "WRONG" in told) == (1, True)


def whole_forgery(files: Files) -> None:
    """Everything fits together again: the clicks, the reach file, the sheet and both digests."""
    first = files.sheet["places"][0]["article"]
    files.rows = [row for row in files.rows if row.article != first]
    files.reach["articles"] = [one for one in files.reach["articles"] if one["article"] != first]
    for issue in files.reach["issues"]:
        issue["editions"] = {n: [a for a in articles if a != first] for n, articles in issue["editions"].items()}
    marks = [mark for row in files.rows for mark in set(row.rules.split())]
    files.sheet["rules"] = {mark: marks.count(mark) for mark in marks}
    files.sheet["reach"] = ranking_reach.digest(files.reach)
    without_place(files)


@pytest.mark.parametrize("forge", [whole_forgery, changed_time, *FORGERIES])
def test_case_t11_the_signature_finds_what_the_files_do_not(
    session: Session, made: SampleNewsletter, tmp_path: Path, forge: Callable[[Files], None]
) -> None:
    """Also with a signature of the forger's own, under the name of the newsletter's key, or of another one."""
    files = drawn(session)
    forge(files)
    files.sheet["digest"] = evidence.digest(files.sheet)
    if forge in (whole_forgery, changed_time):
        code, told = script(tmp_path, files, with_key=False)
        assert (code, "NOT looked at: the signature" in told) == (0, True), "nobody can know without the key"
    mine = Ed25519PrivateKey.generate()
    public = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for key in (files.sheet["key"], ranking_key.key_id(public)):
        files.sheet["key"] = key
        for signature in (files.sheet["signature"], base64.b64encode(mine.sign(evidence.signed_message(files.sheet)))):
            forged = copy.deepcopy(files)
            forged.sheet["signature"] = signature if isinstance(signature, str) else signature.decode()
            assert forged.faults
            code, told = script(tmp_path, forged)
            assert (code, "WRONG" in told) == (1, True)


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a sheet there are numbers."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers(inner, (*path, place))
    elif isinstance(value, int):
        yield path


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_any_changed_number_is_found_though_the_digest_is_made_anew(
    session: Session, made: SampleNewsletter, query: Query
) -> None:
    files = drawn(session, query)
    paths = [path for path in numbers(files.sheet) if path[0] != "query"]
    assert len(paths) > 30
    for path in paths:
        forged = copy.deepcopy(files)
        spot: Any = forged.sheet
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] += 1
        forged.sheet["digest"] = evidence.digest(forged.sheet)
        assert forged.check(with_key=False).faults, path


def test_a_topic_and_first_days_of_the_articles_left_out_are_not_believed(
    session: Session, made: SampleNewsletter, tmp_path: Path
) -> None:
    """The place goes, and the reach file says that the article never had the topic, or came out before the period."""
    for name in ("topic", "early"):
        files = drawn(session, QUERIES[name])
        first = files.sheet["places"][0]["article"]
        without_place(files)
        for one in files.reach["articles"]:
            one["topics"] = [] if one["article"] == first else one["topics"]
        if name == "early":
            files.reach["issues"][0]["day"] = "2020-12-31"
        files.sheet["digest"] = evidence.digest(files.sheet)
        assert script(tmp_path, files, with_key=False)[0] == 1
        files.sheet["reach"] = ranking_reach.digest(files.reach)
        files.sheet["digest"] = evidence.digest(files.sheet)
        assert script(tmp_path, files)[0] == 1


def test_keys_that_took_turns(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    old = drawn(session)
    newsletter = evidence.newsletter_of(session, QUERY)
    ranking_key.rotate(session, newsletter)
    new = drawn(session)
    assert new.sheet["key"] != old.sheet["key"]
    assert new.keys.count("BEGIN PUBLIC KEY") == 2
    for files in (new, Files(old.sheet, old.rows, old.reach, new.keys)):
        assert files.faults == []
        assert script(tmp_path, files)[0] == 0
    alone = Files(new.sheet, new.rows, new.reach, old.keys)
    assert any("none of those given" in fault for fault in alone.faults)
    retired = new.keys.replace("Made: 20", "Made: 19", 2).replace("Retired: 20", "Retired: 19")
    late = Files(old.sheet, old.rows, old.reach, retired)
    assert any("did not sign at the time" in fault for fault in late.faults)
    assert "did not sign at the time" in script(tmp_path, late)[1]


def test_case_t11_a_copy_of_the_database_signs_nothing(
    session: Session, made: SampleNewsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without SECRET_KEY another key signs, and the database shows that."""
    true = drawn(session)
    row = session.scalars(select(ranking_key.RankingKey)).one()
    # Only the key: new settings would end the session and with it what it holds.
    monkeypatch.setattr(ranking_key, "secret_key", lambda: "another secret key of more than thirty-two characters")
    forged = copy.deepcopy(true)
    forged.sheet["signature"] = base64.b64encode(row.sign(evidence.signed_message(forged.sheet))).decode()
    assert forged.faults == ["the signature is not that of the key"]
    again = drawn(session)
    assert again.sheet["key"] != true.sheet["key"]
    assert row.retired_at is not None


def test_a_former_sheet_is_refused_with_the_reason(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    files = drawn(session)
    files.sheet["kind"] = "kairan ranking evidence 1"
    with pytest.raises(Invalid, match=r"“kairan ranking evidence 1”, which is not signed"):
        evidence_check.verify(files.sheet, files.rows)
    code, told = script(tmp_path, files)
    assert (code, "made by a version of Kairan that did not" in told) == (2, True)


@pytest.mark.parametrize("broken", [{}, {"kind": evidence.KIND}, {"kind": evidence.KIND, "query": {}, "places": []}])
def test_what_is_no_sheet(broken: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        evidence_check.verify(broken, [])
    assert script(tmp_path, Files(broken, [], {}, ""), with_key=False, with_reach=False)[0] in (1, 2)


def test_clicks_hide_who_read(session: Session, made: SampleNewsletter) -> None:
    files, others = drawn(session), drawn(session, QUERIES["rate"])
    codes = {row.reader for row in files.rows}
    assert {len(code) for code in codes} == {ranking_clicks.CODE_LENGTH}
    assert len(codes) > 30
    assert not {str(reader) for reader in made.readers} & codes
    assert not codes & {row.reader for row in others.rows}, "another ranking, other codes"
    assert {len(row.time) for row in files.rows} == {len("2021-04-15T00:00Z")}


def test_exported_hits_do_as_well_where_readers_have_one_code(
    session: Session, made: SampleNewsletter, tmp_path: Path
) -> None:
    """The digests depend on no reader's code, nor on seconds."""
    files = drawn(session)
    renamed = {code: f"{n:016x}" for n, code in enumerate(sorted({row.reader for row in files.rows}))}
    files.rows = [row._replace(reader=renamed[row.reader], time=row.time[:-1] + ":07.000001Z") for row in files.rows]
    assert files.faults == []
    assert script(tmp_path, files)[0] == 0


def test_the_script_stands_alone() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) <= 380  # one file by intent: short enough to be read before it is run
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


def test_it_cannot_be_drawn_for_hits_that_are_gone(session: Session, made: SampleNewsletter) -> None:
    found = ranking.compute(session, QUERY)
    session.execute(text("DROP TABLE hit_2021_04"))
    with pytest.raises(Invalid, match="no longer kept"):
        evidence.sheet(session, found, top=1)


def test_a_sheet_of_nothing(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    files = drawn(session, Query("dx-letter", period.year(2020)))
    assert files.sheet["places"] == []
    assert files.faults == []
    assert script(tmp_path, files)[0] == 0


def test_hits_that_come_in_change_nothing_that_is_past(session: Session, made: SampleNewsletter) -> None:
    files = drawn(session)
    late = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=400))
    ingest.store_incoming(session, [late])
    files.rows = list(evidence.rows_for(session, QUERY))
    assert files.faults == []


def test_case_8_an_issue_that_was_repaired_has_its_evidence(
    session: Session, made: SampleNewsletter, tmp_path: Path
) -> None:
    """A repair adds an edition for letters that wait, here without one article; those that are out keep theirs."""
    before = drawn(session)
    last = made.issues[-1].id
    session.add(
        Edition(issue_id=last, number=3, variant={"met": []}, link_numbers=[2, 3, 4, 5], frozen=b"", html="", text="",
                size=0, digest="")
    )  # fmt: skip
    waiting = made.readers[:10]
    moved = (Delivery.issue_id == last, Delivery.subscriber_id.in_(waiting))
    session.execute(update(Delivery).where(*moved).values(edition=3))
    hits = [sample_newsletter.click(last, reader, 2, PUBLISHED + timedelta(days=91)) for reader in waiting]
    ingest.store_incoming(session, hits)
    for query in QUERIES.values():
        files = drawn(session, query)
        assert files.faults == []
        assert script(tmp_path, files)[0] == 0
    assert "3" in drawn(session).reach["issues"][-1]["editions"]
    assert before.faults == [], "what was drawn before stays right with its own files"
    assert evidence_check.verify_here(session, before.sheet).faults


def test_late_bounces_are_told_by_the_database(session: Session, made: SampleNewsletter) -> None:
    files = drawn(session)
    chosen = Delivery.subscriber_id == made.readers[0]
    session.execute(update(Delivery).where(chosen).values(state=DeliveryState.BOUNCED))
    faults = evidence_check.verify_here(session, files.sheet).faults
    assert any("received is" in fault for fault in faults)
    assert files.faults == [], "the files are of the moment when it was drawn"
