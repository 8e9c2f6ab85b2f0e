"""The tables of rules: complete, and safe for hostile text."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest

from models.bounces import bounce, reasons, recognition
from models.bounces.bounce_class import BounceClass
from models.bounces.returned_message import take_apart
from models.deliveries import answer_table, rule_pattern
from tests.worker.inbound import report_writer as writer

TABLES = ("providers.toml", "words.toml", "codes.toml")


def entries() -> list[dict[str, object]]:
    folder = files("models.bounces") / "rules"
    return [one for name in TABLES for one in tomllib.loads((folder / name).read_text("utf-8"))["rule"]]


def test_every_rule_says_what_it_rests_on() -> None:
    assert [one["name"] for one in entries() if not (one.get("source") and one.get("seen"))] == []
    names = [str(one["name"]) for one in entries()]
    assert len(names) == len(set(names)), "a reading keeps the name"
    known = {
        "name",
        "class",
        "words",
        "unless",
        "raw",
        "status",
        "codes",
        "stages",
        "provider",
        "transient",
        "weak",
        "source",
        "seen",
    }
    assert {key for one in entries() for key in one} <= known


def test_every_class_of_failure_has_a_rule() -> None:
    failures = {kind for kind in BounceClass if kind.is_failure} - {BounceClass.UNKNOWN_FAILURE}
    assert {rule.kind for rule in reasons.rules()} == failures


UNITS = ("mailbox ", "user a ", "a@", "address address ", "容量 ", "553 host ", "x" * 50 + " ", "550-5.1.1 ")
HOSTILE = (
    *(unit * (reasons.MOST_CHARACTERS // len(unit)) for unit in UNITS),
    ("smtp" + " !" * 300) * 4 + " x", "550" + " !" * 1200 + " x", "rcpt to 550" + " !" * 1200 + " x",
    "recipient address rejected" + " !" * 1200 + " x", " !" * 1200 + " x", "read" + " " * 2400 + "x",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_text_makes_a_rule_slow(text: str) -> None:
    """What is looked at is bounded, and each pattern about linear in it: others took hours for one mail."""
    patterns = [(rule.name, one) for rule in reasons.rules() for one in (rule.words, rule.unless, rule.raw) if one]
    patterns += [(row.name, one) for row in answer_table.rows() for one in (row.words, row.unless, row.raw) if one]
    for name in tomllib.loads((files("models.bounces") / "rules" / recognition.FILE).read_text("utf-8")):
        patterns += [(name, recognition.pattern(name)), (name, recognition.pattern(name, at_end=True))]
    for name, pattern in patterns:
        began = time.thread_time()
        pattern.search(text)
        assert time.thread_time() - began < 0.5, name


def test_a_mail_of_hostile_answers_is_read_at_once() -> None:
    began = time.thread_time()
    for said in HOSTILE:
        raw = writer.bounce(b"Subject: x\n\nx", "a@b.example", to="c@d.example", said=said)
        bounce.read_message(take_apart(raw))
        bounce.read_message(
            take_apart(writer.mail(sender="MAILER-DAEMON@b.example", to="c@d.example", subject=said, text=said))
        )
    assert time.thread_time() - began < 5


def test_what_may_run_for_hours_is_refused_when_it_is_loaded() -> None:
    for wrong in (r"a\W*b", r"\s+(?:x)", r"x.*", r"[^.]+y", r"[^\]a]*z", r"\D{3,}", " *", r"\W*?a"):
        with pytest.raises(ValueError, match="may run for hours"):
            rule_pattern.compiled(wrong)
    for right in (r"\W{0,8}b", r"\W*+b", r"\w+ \S*", r"(?:a |b )+", r"[^.]{0,40}", r"\.*", r"\[ *+a"):
        rule_pattern.compiled(right)


def test_a_transient_answer_ends_nobody() -> None:
    for rule in reasons.rules():
        if rule.kind is BounceClass.NO_SUCH_MAILBOX and rule.words:
            found = reasons.reason("450 4.1.1 user unknown, no such host", "", "rcpt", ("b.example",))
            assert found is not None
            assert found.kind.coarse == "soft", rule.name


def test_lists_for_recognition_are_patterns() -> None:
    text = (files("models.bounces") / "rules" / recognition.FILE).read_text("utf-8")
    for name in tomllib.loads(text):
        assert recognition.pattern(name).search("zzz qqq") is None, f"{name} is found in anything"


NEVER_HARD = (
    "post by a non-member to a closed mailing list", "from: domain is invalid", "sender domain is empty",
    "this server does not accept mail from your network", "go away", "hosts with dynamic ip are refused",
    "no access from mail server", "domain news.example is a dead domain", "open proxy, rejecting",
    "relay access denied", "DNS records for the destination computer could not be found", "unrouteable mail domain x",
    "no valid recipients", "message contains an invalid address in the header", "Invalid HELO name",
    "your account is disabled from sending", "account suspended temporarily", "malformed name server reply",
    "unverified address: address verification in progress", "header error", "unable to resolve route",
    "相手先サーバーから応答がありません", "添付ファイルが存在しません", "件名が存在しません",
    "送信者が存在しません", "宛先アドレス エラー内容 サイズ超過",
    "メールアドレスに誤りがないかご確認ください", "送信元のドメインが存在しません",
    "sender verify failed, no such user", "it was not reachable within the allowed queue period",
)  # fmt: skip
HARD = (
    "<a@b.example> not found", "5.1.0 Address rejected.", "can't accept user", "no mail box available for this user",
    "there is no one at this address", "no longer on server", "user missing home directory", "no such domain",
    "unknown local-part a in domain b.example", "recipient domain must exist", "has been replaced by c@d.example",
    "mailbox unavailable or access denied", "user suspended", "宛先のアドレスが存在しません", "no such person here",
    "email address could not be found", "5.1.3 bad address syntax", "Requested action not taken: mailbox unavailable",
)  # fmt: skip


@pytest.mark.parametrize("stage", ["", "rcpt", "dot"])
def test_what_speaks_of_us_or_of_the_network_ends_nobody(stage: str) -> None:
    for words in NEVER_HARD:
        found = reasons.reason(f"550 {words}", "5.0.0", stage, ("b.example",))
        assert found is None or found.kind.coarse == "soft", (words, found)


def test_what_speaks_of_the_mailbox_is_final() -> None:
    for words in HARD:
        found = reasons.reason(f"550 {words}", "5.0.0", "rcpt", ("b.example",))
        assert found is not None, words
        assert found.kind.coarse == "hard", (words, found)
