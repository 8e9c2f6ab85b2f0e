"""``kairan dkim``: a key is made, and a newsletter signs with it, without anybody touching the newsletter's file."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from models.issues import newsletter as newsletters
from models.store import db
from ops.cli import kairan
from tests.sample import make_newsletter
from worker.sending import dkim_keys
from worker.sending.dkim import Signer


def run(*words: str | Path, fails: bool = False) -> Result:
    result = CliRunner().invoke(kairan, [str(word) for word in words])
    assert (result.exit_code != 0) == fails, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture(autouse=True)
def _newsletter(database: Engine) -> None:
    with db.session_scope() as session:
        make_newsletter(session, sender_address="ict@news.example.lg.jp")


def signer() -> Signer | None:
    with db.session_scope() as session:
        return dkim_keys.signer(newsletters.find(session, "ict"))


@pytest.mark.parametrize("kind", ["ed25519", "both"])
def test_the_command_that_new_prints_sets_the_key_case_h9(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "our keys"
    said = run("dkim", "new", "example.lg.jp", "--selector", "k1", "--kind", kind, "--out", folder).output
    [command] = [line for line in said.splitlines() if "kairan dkim set" in line]
    words = shlex.split(command.replace("NEWSLETTER", "ict"))[1:]
    done = run(*words)
    assert "ict: signed with k1._domainkey.example.lg.jp" in done.output
    assert "DMARC" not in done.output
    assert signer() is not None
    exported = run("newsletter", "export", "ict").output
    assert str(folder) in exported
    assert "PRIVATE" not in exported
    run("dkim", "set", "ict", "--none")
    assert signer() is None


def test_another_domains_key_is_taken_with_a_warning_case_h9(tmp_path: Path) -> None:
    run("dkim", "new", "other.example", "--selector", "k1", "--kind", "ed25519", "--out", tmp_path)
    done = run("dkim", "set", "ict", "--key", "other.example", "k1", tmp_path / "k1.other.example.pem")
    assert "ict@news.example.lg.jp is not of other.example" in done.stderr
    assert signer() is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ict",), "--key DOMAIN SELECTOR FILE"),
        (("ict", "--key", "example.lg.jp", "k1", "/nonexistent.pem"), "cannot be read"),
        (("ict", "--key", "example.lg.jp", "k1", "/etc/hostname"), "no private key"),
        (("ict", "--none", "--key", "example.lg.jp", "k1", "/etc/hostname"), "--none"),
        (("nobody", "--none"), "there is no newsletter"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_and_changes_nothing_case_h9(words: tuple[str, ...], said: str) -> None:
    refused = run("dkim", "set", *words, fails=True)
    assert said in f"{refused.output}{refused.exception}"
    assert signer() is None


def test_an_exported_newsletter_is_imported_again_case_h9(tmp_path: Path) -> None:
    file = tmp_path / "out.yaml"
    assert run("newsletter", "export", "ict", "--out", file).output == f"{file}\n"
    assert run("newsletter", "create", file).output == "ict: unchanged\n"
    assert file.read_text("utf-8") == run("newsletter", "export", "ict").output
