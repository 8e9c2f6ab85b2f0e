"""The catching SMTP server as a process of its own, and the commands that show what it caught."""

from __future__ import annotations

import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.run import programs
from ops.run.child_process import ChildProcess
from ops.run.health_probe import smtp_answers
from tests.servers import free_port


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a catcher with its data in ``tmp_path``."""
    chosen = free_port()
    command = [*programs.kairan("mailbox", "serve"), "--port", str(chosen)]
    child = ChildProcess(
        "mail catcher",
        command,
        log=tmp_path / "log",
        environment={**os.environ, "KAIRAN_DATA": str(tmp_path)},
    )
    try:
        child.wait_until(lambda: smtp_answers(chosen), seconds=120)
        yield chosen
    finally:
        child.stop()
    assert child.returncode == 0, child.tail()


def kairan(data: Path, *words: str) -> str:
    """What a command prints."""
    environment = {**os.environ, "KAIRAN_DATA": str(data)}
    answer = subprocess.run(programs.kairan(*words), env=environment, capture_output=True, check=True)
    return answer.stdout.decode()


def test_letters_are_caught_and_shown(port: int, tmp_path: Path) -> None:
    large = b"Subject: large\r\n\r\n" + b"0123456789012345678901234567890123456789\r\n" * 250_000
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("a@example.jp", ["b@example.jp"], b"Subject: first\r\n\r\nhello\r\n.dot\r\n")
        client.sendmail("a@example.jp", ["b@example.jp"], large)
        client.sendmail("a@example.jp", ["回覧@example.jp"], b"Subject: third\r\n\r\n", ["SMTPUTF8"])
    listed = [json.loads(line) for line in kairan(tmp_path, "mailbox", "list", "--json").splitlines()]
    assert [(entry["subject"], entry["recipients"]) for entry in listed] == [
        ("third", ["回覧@example.jp"]),
        ("large", ["b@example.jp"]),
        ("first", ["b@example.jp"]),
    ]
    assert (tmp_path / "mailbox" / "000002.eml").read_bytes().endswith(large)
    assert kairan(tmp_path, "mailbox", "show", "1").endswith("hello\r\n.dot\r\n")


def test_an_unknown_letter_is_a_message_not_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "KAIRAN_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "ops.cli", "mailbox", "show", "9"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr == "Error: There is no letter 9 in the mailbox.\n"
