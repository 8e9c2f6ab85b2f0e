"""`kairan demo` against `kairan run`: cut short, gone on, and done once. Worker, mail and web are real."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from models.mailbox import Mailbox
from ops.demo import personas
from ops.demo.personas import ComesBack
from ops.demo.seed import SLUG
from ops.run import programs
from tests.crawl import Crawl, over_http
from tests.ops.run.test_launcher import Installation

READERS = 60
CLASSES = {
    ComesBack.GONE: "no_such_mailbox",
    ComesBack.FULL: "mailbox_full",
    ComesBack.FILTERED: "refused_by_reader",
    ComesBack.DELAYED: "delayed",
    ComesBack.COMPLAINT: "complaint",
    ComesBack.AWAY: "auto_reply",
}


@pytest.fixture
def running() -> Iterator[Installation]:
    """A running installation without data."""
    folder = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    folder.chmod(0o755)
    installation = Installation(folder)
    installation.start()
    yield installation
    if installation.process and installation.process.poll() is None:
        installation.end(signal.SIGTERM)
    rmtree(folder)


def start_demo(running: Installation) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        programs.kairan("demo", "--readers", str(READERS)),
        env=running.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_year_from_empty_tables_to_the_ranking(running: Installation) -> None:
    mailbox = Mailbox(running.data / "mailbox")
    demo = start_demo(running)
    while len(mailbox.entries()) < 2 * READERS:
        assert demo.poll() is None, demo.communicate()
        time.sleep(0.05)
    demo.send_signal(signal.SIGTERM)
    said, _ = demo.communicate()
    assert "it goes on where it was" in said
    assert "Traceback" not in said
    state_file = running.data / "demo" / "demo.json"
    passwords = [login["password"] for login in json.loads(state_file.read_text())["staff"]]

    said, _ = start_demo(running).communicate()
    assert "The demo is there" in said, said
    assert all(password in said for password in passwords)
    assert json.loads(state_file.read_text())["finished"]
    assert "nothing was done" in running.command("demo").stdout

    check_letters(mailbox)
    check_year(running)
    [analyst] = [one for one in json.loads(state_file.read_text())["staff"] if one["role"] == "analyst"]
    check_reports(running, analyst)
    [administrator] = [one for one in json.loads(state_file.read_text())["staff"] if one["role"] == "administrator"]
    check_returned(running, administrator)
    check_ranking(running, mailbox)
    check_readers(running)
    check_links(mailbox, running)


def check_readers(running: Installation) -> None:
    """Though all come from one address within seconds, none is taken for one device with many readers' links."""
    issues = [word for number in range(1, 13) for word in ("--issue", str(number))]
    hits = running.command("hits", "export", *issues).stdout
    assert hits.count(",human,") > READERS
    assert "across-copies" not in hits


def check_links(mailbox: Mailbox, running: Installation) -> None:
    """No link of ours is dead: in every letter of two readers, in the archive, its feed and the sitemap."""
    crawl = Crawl(f"http://127.0.0.1:{running.port}", over_http)
    chosen = sorted({entry.recipients[0] for entry in mailbox.entries()})[:2]
    for entry in mailbox.entries():
        if entry.recipients[0] in chosen:
            crawl.letter(mailbox.raw(entry.number))
    crawl.walk(f"{crawl.base}/", f"{crawl.base}/sitemap.xml")
    assert crawl.dead == []
    assert len(crawl.seen) > 100


def check_letters(mailbox: Mailbox) -> None:
    """No reader got an issue twice, and more and more readers got one."""
    sent = [(one.recipients[0], one.subject) for one in mailbox.entries("【") if one.recipients[0].endswith(".example")]
    monthly = [one for one in sent if one[1].startswith("【自治体ICTだより】") and "購読" not in one[1]]
    assert len(monthly) == len(set(monthly))
    counts = list(Counter(subject for _, subject in reversed(monthly)).values())
    assert len(counts) == 12
    assert READERS / 3 < counts[0] < counts[-1] < READERS


def check_year(running: Installation) -> None:
    """All of the twelve months before today have something to show, and the audit log tells it in their order."""
    listed = [json.loads(line) for line in running.command("issue", "list", "--json").stdout.splitlines()]
    monthly = [one for one in listed if one["kind"] == "regular" and one["state"] == "sent"]
    assert len(months(one["sent_at"] for one in monthly)) >= 11
    waiting = Counter(one["state"] for one in listed if one["state"] != "sent")
    assert {"draft", "in_review", "approved", "scheduled"} <= set(waiting)
    assert [one["state"] for one in listed if one["kind"] == "correction"] == ["sent"]

    readers = [json.loads(line) for line in running.command("subscriber", "list", "--json").stdout.splitlines()]
    assert len(months(one["confirmed_at"] for one in readers)) >= 10
    ended = running.command("subscriber", "list", "--json", "--state", "ended").stdout.splitlines()
    gone, left = (json.loads(ended[place])["address"] for place in places_of(ended))
    assert '"ended_reason": "bounced"' in running.command("subscriber", "show", gone).stdout
    assert '"ended_reason": "unsubscribed"' in running.command("subscriber", "show", left).stdout
    hits = running.command("hits", "export", "--issue", "5").stdout.splitlines()
    assert len({line[:10] for line in hits[1:]}) > 5

    assert running.command("audit", "verify").returncode == 0
    exported = running.data / "audit.jsonl"
    running.command("audit", "export", "--out", str(exported))
    log = [json.loads(line) for line in exported.read_text().splitlines()]
    entries = [one for one in log if "action" in one]
    assert [one["at"] for one in entries] == sorted(one["at"] for one in entries)
    assert len(months(one["day"] for one in entries)) >= 12
    acts = {one["action"] for one in entries}
    assert {"send back issue", "pause issue", "resume issue", "suppress dead addresses"} <= acts


def log_in(running: Installation, who: dict[str, str]) -> tuple[str, OpenerDirector]:
    """Staff's pages, and what opens them."""
    site = f"http://127.0.0.1:{running.port}/staff"
    browser = build_opener(HTTPCookieProcessor())
    form = browser.open(f"{site}/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    fields = {"csrf_token": token[1], "address": who["address"], "password": who["password"]}
    browser.open(f"{site}/login", urlencode(fields).encode())
    return site, browser


def check_returned(running: Installation, administrator: dict[str, str]) -> None:
    """What came back was taken for what it is, and led to what it should; the page tells, and who may be next."""
    site, browser = log_in(running, administrator)
    coming = Counter(what for issues in personas.COMES_BACK.values() for what in issues.values())
    for what, kind in CLASSES.items():
        listed = browser.open(f"{site}/newsletters/{SLUG}/returned-mail?kind={kind}").read().decode()
        assert len(re.findall(r'/returned-mail/[0-9a-f]{64}"', listed)) == coming[what], (what, kind)
    assert "3</td>" in listed, "of somebody whose mailbox was full three issues in a row"
    readers = [json.loads(line) for line in running.command("subscriber", "list", "--json").stdout.splitlines()]
    for address in (one["address"] for one in readers):
        what = set(personas.COMES_BACK.get(address.partition("@")[0], {}).values())
        said = running.command("subscriber", "show", address).stdout if what else ""
        assert ('"ended_reason": "bounced"' in said) == (ComesBack.GONE in what), said
        assert ('"reason": "complained"' in said) == (ComesBack.COMPLAINT in what), said


def check_reports(running: Installation, analyst: dict[str, str]) -> None:
    """Whoever analyses can open the report of every issue that is out, and the rankings."""
    site, browser = log_in(running, analyst)
    for number in range(1, 15):
        assert browser.open(f"{site}/issues/{number}/report").status == 200  # else it raises
        responses = browser.open(f"{site}/issues/{number}/report/responses.csv").read().decode().splitlines()
        assert all(int(line.split(",")[1]) for line in responses[1:3]), (number, responses)  # opened, clicked
        for table in ("hours", "devices"):
            assert browser.open(f"{site}/issues/{number}/report/{table}.csv").read().count(b"\n") > 1, (number, table)
    months = browser.open(f"{site}/reports/tables/months.csv?from=2000-01-01&until=2999-12-31").read().decode()
    joined = [int(line.split(",")[2]) for line in months.splitlines()[1:]]
    assert sum(map(bool, joined)) >= 8, months
    assert browser.open(f"{site}/rankings").status == 200


def places_of(ended: list[str]) -> tuple[int, int]:
    """Where somebody stands whose mailbox is gone, and where somebody who left."""
    is_gone = [personas.is_gone(json.loads(line)["address"], 12) for line in ended]
    left = [line for line in ended if json.loads(line)["address"].partition("@")[0] not in personas.COMES_BACK]
    return is_gone.index(True), next(at for at, line in enumerate(ended) if line in left and not is_gone[at])


def months(days: Iterable[str]) -> set[str]:
    """The months of days such as ``2026-11-30``."""
    return {day[:7] for day in days}


def check_ranking(running: Installation, mailbox: Mailbox) -> None:
    """The ranking issue counts down, in HTML, text and raw source, with figures and sources, as the ranking says."""
    newest = mailbox.letter(mailbox.entries("ランキング")[0].number)
    for whole in (newest.html, newest.text):
        part = whole.replace("第5位から第1位まで", "")  # the preheader
        found = re.findall(r"第\s*(?:<[^>]+>\s*)*(\d)\s*(?:<[^>]+>\s*)*位", part)
        assert list(dict.fromkeys(found)) == ["5", "4", "3", "2", "1"]
        assert part.count("最新動向") == 5
        assert "出典: " in part
    assert newest.html.count("<img") >= 3
    assert newest.raw.count(b"\r\nSubject: ") == 1
    listed = [json.loads(line) for line in running.command("issue", "list", "--json").stdout.splitlines()]
    [issue] = [one for one in listed if one["kind"] == "ranking"]
    assert (issue["state"], issue["number"]) == ("sent", 14)
    exported = running.command("issue", "export", str(issue["id"]), "--out", str(running.data / "out")).stdout.strip()
    counts = [int(count) for count in re.findall(r"readers=(\d+)", Path(exported).read_text())]
    assert counts == sorted(counts)
    assert len(counts) == 5
