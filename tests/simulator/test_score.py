"""The scoring: what it counts, its intervals, and that verdicts come back from the real import."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from .import_traffic import JudgedCopy, Verdict, judge
from .records import Copy, Request
from .score import Share, below, by_kind, calibration, score, score_by_kind, score_by_source, totals
from .simulate import traffic

HUMAN, SCANNER, PROXY, UNKNOWN = (Verdict(name, 90) for name in ("human", "scanner", "proxy", "unknown"))


def request(by: str, *, kind: str = "click", link: int = 1, trap: bool = False, tellable: bool = True) -> Request:
    return Request(10.0, kind, link, trap, "GET", "198.51.100.7", "Mozilla/5.0", {}, by, by, tellable)


def judged(*pairs: tuple[Request, Verdict]) -> JudgedCopy:
    return JudgedCopy(Copy("sample", 0.0, 3, [asked for asked, _ in pairs]), [verdict for _, verdict in pairs])


def test_clicks_are_counted() -> None:
    found = score([judged((request("person"), HUMAN), (request("machine"), HUMAN), (request("person"), SCANNER))])
    assert found.all["clicks"].precision == Share(1, 2)
    assert found.all["clicks"].recall == Share(1, 2)


def test_a_pair_is_read_where_any_click_is_a_persons() -> None:
    copy = judged((request("machine"), SCANNER), (request("person"), HUMAN), (request("machine", link=2), HUMAN))
    found = score([copy])
    assert found.all["pairs"].precision == Share(1, 2)
    assert found.all["pairs"].recall == Share(1, 1)


def test_the_trap_is_no_pair() -> None:
    assert score([judged((request("machine", link=0, trap=True), HUMAN))]).all["pairs"].precision == Share(0, 0)


def test_a_proxy_at_the_open_is_a_persons_open_and_no_click() -> None:
    found = score([judged((request("proxy", kind="open", link=0), PROXY), (request("person"), PROXY))])
    assert found.all["opens"].recall == Share(1, 1)
    assert found.all["clicks"].recall == Share(0, 1)


def test_unknown_claims_nothing() -> None:
    found = score([judged((request("person"), UNKNOWN), (request("machine"), UNKNOWN))])
    assert found.unknown == 2
    assert found.all["clicks"].precision == Share(0, 0)
    assert found.all["clicks"].recall == Share(0, 1)
    assert not found.bins


def test_what_cannot_be_told_is_only_in_all() -> None:
    found = score([judged((request("machine", tellable=False), HUMAN), (request("person", link=2), HUMAN))])
    assert found.all["clicks"].precision == Share(1, 2)
    assert found.tellable["clicks"].precision == Share(1, 1)
    assert found.tellable["pairs"].precision == Share(1, 1)


def test_calibration_counts_how_often_a_certainty_is_right() -> None:
    found = score(
        [judged((request("person"), HUMAN), (request("machine"), HUMAN), (request("machine"), Verdict("scanner", 100)))]
    )
    assert found.bins[90].precision == Share(2, 3)


def test_wilson_intervals_are_those_of_the_book() -> None:
    low, high = Share(8, 10).interval  # Brown, Cai and DasGupta 2001: (0.490, 0.943)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(10, 10).interval[1] == pytest.approx(1.0)


def test_thresholds_name_what_is_below() -> None:
    found = score([judged((request("person"), HUMAN), (request("machine"), HUMAN))])
    assert below(found, {("all", "clicks", "recall"): 0.99}) == []
    [sentence] = below(found, {("tellable", "clicks", "precision"): 0.99})
    assert sentence.startswith("precision of clicks (tellable): 0.5")


def test_verdicts_come_back_from_the_real_import(session: Session) -> None:
    copies = traffic(5, 120)
    found = judge(session, copies, "sample-traffic", batch=400)
    assert [copy.copy for copy in found] == copies
    assert all(len(copy.verdicts) == len(copy.copy.requests) for copy in found)
    stored = session.scalar(text("SELECT count(*) FROM hit"))
    assert stored == sum(len(copy.requests) for copy in copies)
    traps = [v for copy in found for r, v in zip(copy.copy.requests, copy.verdicts, strict=True) if r.trap]
    assert traps
    assert all(verdict.name == "scanner" for verdict in traps)
    kept = session.scalar(
        text("SELECT count(*) FROM hit WHERE link = (SELECT max(number) FROM link WHERE link.issue_id = hit.issue_id)")
    )
    assert kept == len(traps)


def test_tables_and_values_tell_the_same(session: Session) -> None:
    found = judge(session, traffic(6, 60), "sample-traffic")
    total, kinds = score(found), score_by_kind(found)
    assert (
        sum(part.hits for part in kinds.values()) == total.hits == sum(p.hits for p in score_by_source(found).values())
    )
    table = "\n".join([*totals(total), *calibration(total), *by_kind(kinds)])
    share = total.values()["tellable"]["clicks"]["recall"]["value"]
    assert f"{share:.4f}" in table
    assert all(name in table for name in kinds)
