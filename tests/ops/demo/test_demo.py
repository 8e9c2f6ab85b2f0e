"""`kairan demo` against `kairan run`: cut short, gone on, and done once. Worker, mail and web are real."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from models.mailbox import Mailbox
from ops.run import programs
from tests.crawl import Crawl, over_http
from tests.ops.run.test_launcher import Installation

READERS = 60


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
    """Every reader got every issue once."""
    sent = [(entry.recipients[0], entry.subject) for entry in mailbox.entries()]
    assert len(sent) == len(set(sent)) == 13 * READERS


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
    [issue, *_] = [json.loads(line) for line in running.command("issue", "list", "--json").stdout.splitlines()]
    assert (issue["kind"], issue["state"], issue["number"]) == ("ranking", "sent", 13)
    exported = running.command("issue", "export", str(issue["id"]), "--out", str(running.data / "out")).stdout.strip()
    counts = [int(count) for count in re.findall(r"readers=(\d+)", Path(exported).read_text())]
    assert counts == sorted(counts)
    assert len(counts) == 5
