"""What answers mean."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.deliveries import answer_table
from models.deliveries.reply_code import OutcomeKind, Stage, classify, interpret
from worker.smtp.reply_parser import Reply

ACCEPTED, DEFERRED, BOUNCED = OutcomeKind.ACCEPTED, OutcomeKind.DEFERRED, OutcomeKind.BOUNCED
FAILED, POLICY, RETURNED = OutcomeKind.FAILED, OutcomeKind.POLICY, OutcomeKind.RETURNED
FILTERED, HELD, RATE = OutcomeKind.FILTERED, OutcomeKind.HELD, OutcomeKind.RATE
MAIL, RCPT, DATA, DOT = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT

ANSWERS = [
    # Taken, and not yet
    ("250 2.0.0 Ok: queued as 1A2B", DOT, ACCEPTED),
    ("250 ok dirdel", DOT, ACCEPTED),
    ("251 forwarding", DOT, ACCEPTED),
    ("450 4.2.0 <x>: Recipient address rejected: Greylisted", RCPT, DEFERRED),
    ("451 4.7.1 Greylisting in action, please come back later", RCPT, DEFERRED),
    ("452 4.2.2 The recipient's inbox is out of storage space", RCPT, DEFERRED),
    ("421 4.7.0 Try again later, closing connection.", DOT, DEFERRED),
    ("421 4.7.0 Try again later, closing connection.", RCPT, RETURNED),
    ("421 too many connections", MAIL, RETURNED),
    ("451 VS1-IP Excessive unknown recipients - possible Open Relay (#4.1.8)", RCPT, DEFERRED),
    # The enhanced code speaks before the basic one, but nobody is given up while one of them says “later”
    ("450 5.1.1 no such user", RCPT, DEFERRED),
    ("550 4.2.2 mailbox full", RCPT, DEFERRED),
    ("550 4.7.1 try later", RCPT, DEFERRED),
    ("550 2.0.0 nonsense", RCPT, BOUNCED),
    # Unknown users and dead mailboxes
    ("550 5.1.1 The email account that you tried to reach does not exist.", RCPT, BOUNCED),
    ("550 5.1.1 <x@y>: Recipient address rejected: User unknown in virtual mailbox table", RCPT, BOUNCED),
    ("550 5.1.2 bad domain", RCPT, BOUNCED),
    ("550 5.1.6 moved", RCPT, BOUNCED),
    ("550 5.2.1 The email account that you tried to reach is disabled.", RCPT, BOUNCED),
    ("550 5.4.1 Recipient address rejected: Access denied", RCPT, BOUNCED),
    ("550 5.4.310 DNS domain does not exist", RCPT, BOUNCED),
    ("550 5.4.4 Unable to route", RCPT, BOUNCED),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", RCPT, BOUNCED),
    ("556 5.1.10 Recipient address has null MX", RCPT, BOUNCED),
    ("521 5.3.2 host does not accept mail", RCPT, BOUNCED),
    ("556 domain does not accept mail", RCPT, BOUNCED),
    ("550 sorry, no mailbox here by that name. (#5.1.1)", RCPT, BOUNCED),
    ("550 5.0.0 no such user", RCPT, BOUNCED),
    # Carriers and providers in Japan, which mostly send no enhanced code
    ("550 Unknown user reader@docomo.ne.jp", RCPT, BOUNCED),
    ("550 Unknown user reader@docomo.ne.jp", DOT, FILTERED),
    ("552 Too much mail data reader@docomo.ne.jp", RCPT, DEFERRED),
    ("552 Too much mail data reader@docomo.ne.jp", DOT, DEFERRED),
    ("500 Line Too Long", DOT, FAILED),
    ("550 <reader@ezweb.ne.jp>: User unknown", RCPT, BOUNCED),
    ("550 : User unknown", DOT, FILTERED),
    ("550 Invalid recipient: <reader@i.softbank.jp>", RCPT, BOUNCED),
    ("553 news.example does not exist", RCPT, POLICY),
    ("553 news.example does not exist", MAIL, HELD),
    ("554 delivery error: dd This user doesn't have a yahoo.co.jp account (reader) [-5] - mta", DOT, BOUNCED),
    (
        "554 delivery error: dd Sorry your message to reader cannot be delivered. "
        "This account has been disabled or discontinued",
        DOT,
        BOUNCED,
    ),
    ("554 delivery error: dd Sorry, your message cannot be delivered. This account is over quota.", DOT, DEFERRED),
    # Full mailboxes
    ("552 5.2.2 The email account that you tried to reach is over quota", RCPT, DEFERRED),
    ("552 exceeded storage allocation", RCPT, DEFERRED),
    ("552 mailbox is full", DOT, DEFERRED),
    # The message, or us
    ("552 5.3.4 Message size exceeds fixed limit", MAIL, HELD),
    ("552 5.2.3 message length exceeds administrative limit", DOT, FAILED),
    ("552 message too big", DOT, FAILED),
    ("550 5.6.0 Lone CR or LF", DOT, FAILED),
    ("550 5.1.7 bad sender", MAIL, HELD),
    ("550 5.1.8 sender domain not found", RCPT, POLICY),
    ("550 5.1.0 sender rejected", MAIL, HELD),
    ("550 5.1.1 sender unknown", MAIL, HELD),
    ("503 5.5.1 bad sequence", DATA, POLICY),
    ("554 no valid recipients", DATA, FAILED),
    ("554 transaction failed", DOT, FAILED),
    ("550 no", DOT, FAILED),
    ("550 no", RCPT, BOUNCED),
    ("554 no", RCPT, FAILED),
    ("501 syntax", RCPT, FAILED),
    # Rules: pause the lane, never condemn the person
    ("550 5.7.1 Our system has detected that this message is likely unsolicited mail", DOT, POLICY),
    ("550 5.7.1 User unknown or blocked", RCPT, POLICY),
    ("550 5.7.26 unauthenticated", DOT, POLICY),
    ("554 5.7.1 Service unavailable; Client host blocked using a list", RCPT, POLICY),
    ("554 5.7.1 <x>: Relay access denied", RCPT, POLICY),
    ("530 5.7.0 Must issue a STARTTLS command first", MAIL, HELD),
    ("530 Authentication required", MAIL, HELD),
    ("550 Message rejected as spam", DOT, POLICY),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", RCPT, POLICY),
    ("550 blocked by our policy", MAIL, HELD),
    ("550 relay not permitted", RCPT, POLICY),
    # About us, whatever the code says
    pytest.param("550 5.4.5 Daily user sending quota exceeded.", DOT, HELD, id="case_c2"),
    pytest.param("550 5.4.5 Daily SMTP relay limit exceeded for customer.", DOT, HELD, id="case_c2-relay"),
    pytest.param("454 Throttling failure: Maximum sending rate exceeded.", DOT, HELD, id="case_c2-ses"),
    pytest.param("550 送信通数の上限を超えました", DOT, HELD, id="case_c2-japanese"),
    pytest.param("554 Message rejected: Email address is not verified.", DOT, HELD, id="case_c3"),
    pytest.param("554 Sending paused for this account.", DOT, HELD, id="case_c3-paused"),
    pytest.param("550 5.7.60 SMTP; not allowed to send as this sender", DOT, HELD, id="case_c3-send-as"),
    pytest.param("550 5.1.8 <a@news.example>: Domain not found", MAIL, HELD, id="case_c4"),
    pytest.param("550 5.1.90 you have reached your daily limit", DOT, HELD, id="case_c5"),
    pytest.param("550 5.1.1 192.0.2.25 has sent to too many recipients this hour", RCPT, RATE, id="case_c6"),
    pytest.param("550 5.1.1 rate limit for your network", RCPT, RATE, id="case_c6-limit"),
    pytest.param("550 5.1.1 Sender rejected: SPF", RCPT, POLICY, id="case_c6-sender"),
    pytest.param("550 5.1.1 mailbox is over quota", RCPT, DEFERRED, id="case_c6-space"),
    pytest.param("554 5.1.0 refused: 5.7.1 reputation", RCPT, POLICY, id="case_c6-policy"),
    pytest.param("550 5.2.121 The recipient has exceeded their limit", RCPT, DEFERRED, id="case_c6-recipient"),
    pytest.param("450 4.2.1 The user is receiving mail too quickly", RCPT, DEFERRED, id="case_c6-receiving"),
    pytest.param("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", RCPT, FILTERED, id="case_c7"),
    pytest.param("550 5.1.1 Refused due to the recipient's preferences", RCPT, FILTERED, id="case_c7-preferences"),
    pytest.param("553 https://www.spamhaus.org/query/192.0.2.1", RCPT, POLICY, id="case_c6-list"),
    pytest.param("550 5.1.351 unknown recipient behind us", RCPT, BOUNCED, id="microsoft-351"),
    pytest.param("550 Unknown user a@docomo.ne.jp", DOT, FILTERED, id="case_c8-docomo"),
    pytest.param("550 : User unknown", DOT, FILTERED, id="case_c8-au"),
    pytest.param("550 Unknown user a@docomo.ne.jp", RCPT, BOUNCED, id="case_c8-docomo-rcpt"),
    pytest.param("550 <a@ezweb.ne.jp>: User unknown", RCPT, BOUNCED, id="case_c8-au-rcpt"),
    # Names of hosts and addresses are no words
    pytest.param("550 5.1.1 <a@spam.example>: User unknown at block.example", RCPT, BOUNCED, id="names"),
    pytest.param("550 5.1.1 no such user, see https://rate.example/too many", RCPT, BOUNCED, id="links"),
    # On connecting
    ("421 busy", Stage.CONNECT, RETURNED),
    ("450 4.7.0 later", Stage.CONNECT, RETURNED),
    ("554 5.7.1 go away", Stage.CONNECT, POLICY),
    ("554 your address is on a block list", Stage.CONNECT, POLICY),
    ("535 5.7.8 wrong password", Stage.CONNECT, POLICY),
    ("554 no mail here", Stage.CONNECT, FAILED),
    ("521 host does not accept mail", Stage.CONNECT, FAILED),
]


@pytest.mark.parametrize(("answer", "stage", "kind"), ANSWERS)
def test_what_an_answer_means(answer: str, stage: Stage, kind: OutcomeKind) -> None:
    reply = Reply(int(answer[:3]), (answer[4:].encode(),))
    assert classify(reply.code, reply.enhanced, reply.text, stage) is kind


@given(
    st.integers(400, 599),
    st.sampled_from(["", "5.0.0", "4.7.1"]) | st.from_regex(r"[245]\.\d{1,3}\.\d{1,3}", fullmatch=True),
    st.text(max_size=60),
    st.sampled_from([MAIL, RCPT, DATA, DOT]),
)
def test_every_refusal_has_a_meaning(code: int, enhanced: str, text: str, stage: Stage) -> None:
    kind = classify(code, enhanced, text, stage)
    assert kind not in (ACCEPTED, OutcomeKind.UNKNOWN)
    if stage is MAIL:
        assert kind not in (BOUNCED, FILTERED)
    if enhanced.startswith("5.7."):
        assert kind is not BOUNCED
    if enhanced.startswith("4.") and code != 421:
        assert kind in (DEFERRED, HELD)


@pytest.mark.parametrize(
    ("answer", "stage", "gone"),
    [
        ("550 Unknown user a@docomo.ne.jp", RCPT, True),
        ("550 Unknown user a@docomo.ne.jp", DOT, False),
        ("550 <a@au.com>: User unknown", RCPT, True),
        ("550 Invalid recipient: <a@i.softbank.jp>", RCPT, True),
        ("554 delivery error: dd This user doesn't have a yahoo.co.jp account (a) [-5]", DOT, True),
        ("550 5.1.1 no such user", RCPT, True),
        ("550 宛先不明", RCPT, True),
        ("550 5.1.1 too many recipients this hour", RCPT, False),
        ("550 5.1.1 Sender rejected", RCPT, False),
        ("550 5.2.1 disabled", RCPT, False),
        ("550 no", RCPT, False),
    ],
)
def test_case_c9_who_is_gone(answer: str, stage: Stage, gone: bool) -> None:
    reply = Reply(int(answer[:3]), (answer[4:].encode(),))
    assert interpret(reply.code, reply.enhanced, reply.text, stage).gone is gone


def test_every_row_names_its_source_and_day() -> None:
    entries = tomllib.loads((files("models.deliveries") / "answers.toml").read_text(encoding="utf-8"))["answer"]
    assert all(entry["source"] and isinstance(entry["seen"], date) for entry in entries)
    assert {row.kind for row in answer_table.rows()} <= {kind.value for kind in OutcomeKind}
    assert len({row.name for row in answer_table.rows()}) == len(entries)


@pytest.mark.parametrize(("code", "stage"), [(250, RCPT), (354, DATA), (354, DOT), (250, MAIL)])
def test_what_decides_nothing(code: int, stage: Stage) -> None:
    with pytest.raises(ValueError, match="decides nothing"):
        classify(code, "", "", stage)
