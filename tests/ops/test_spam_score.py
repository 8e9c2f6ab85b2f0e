"""What SpamAssassin thinks of our letters: its stock rules alone, no network, no memory of earlier mail."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.issues.dkim_key import Key, KeyKind
from models.issues.newsletter import Newsletter
from models.store import clock
from templates.content import compose
from templates.content.variant import Variant
from templates.message import mime
from templates.message.freeze import freeze
from templates.message.mime import StampedLetter
from templates.message.stamp import Reader, Stamper
from templates.render import edition
from templates.transactional import render
from tests import demo_issue
from worker.sending.dkim import Signer

LIMIT = 2.0
READER = Reader(1, "reader-001@official.example", "情報政策課 広報担当")
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""What every spam filter must take for spam."""


def signed(letter: StampedLetter) -> bytes:
    """*letter* as the worker sends it."""
    return Signer([Key.new("example.lg.jp", "k1", KeyKind.RSA)]).sign(letter.headers, letter.body) + letter.raw


def report(letter: bytes, home: Path) -> str:
    """SpamAssassin's report on *letter*: its score, and the rules that it is made of."""
    command = ["spamassassin", "--local", "--test-mode", "--nocreate-prefs", "--configpath", "/usr/share/spamassassin"]
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    answer = subprocess.run(command, input=letter, env=environment, capture_output=True, check=True)
    return answer.stdout.decode(errors="replace")


def check(letter: StampedLetter, home: Path) -> None:
    said = report(signed(letter), home)
    [score] = re.findall(r"^X-Spam-Status: \w+, score=(-?[0-9.]+)", said, re.M)
    assert "HTML_OBFUSCATE" not in said, "marks inside of words look like hidden ones"
    assert float(score) < LIMIT, said[said.rindex("Content analysis details") :]


@pytest.mark.slow
def test_the_ranking_issue_is_no_spam(session: Session, tmp_path: Path) -> None:
    issue = demo_issue.put(session, tmp_path)
    letter = compose.compose(session, issue, Variant.of_reader(issue, audience="official"))
    stamper = Stamper(freeze(edition.render(letter).message), issue.id)
    check(stamper.stamp(READER, mime.date_value(clock.now())), tmp_path)


@pytest.mark.slow
def test_a_confirmation_is_no_spam(session: Session, tmp_path: Path) -> None:
    home = demo_issue.put(session, tmp_path).newsletter
    check(confirmation(home), tmp_path)


def confirmation(newsletter: Newsletter) -> StampedLetter:
    """The letter that asks whether a sign-up was meant."""
    values = {"link": "https://news.example.lg.jp/confirm/" + "A" * 32, "expires": clock.now().isoformat()}
    return render.render(
        "confirmation", "ja", values, to=READER.address, sender=compose.sender(newsletter), number=1, moment=clock.now()
    )


@pytest.mark.slow
def test_what_is_spam_is_seen(tmp_path: Path) -> None:
    said = report(
        b"Subject: x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n", tmp_path
    )
    assert re.search(r"^X-Spam-Status: Yes", said, re.M)
