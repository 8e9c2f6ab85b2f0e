"""Returned mail is read as what it is: classes, addresses, and nobody who is not meant."""

from __future__ import annotations

import pytest

from models.bounces import bounce, reasons
from models.bounces.bounce_class import BounceClass

from .returned_mail import LETTER, feedback, fields, japanese, message, report, said

A = "a@b.example"
COPY = LETTER.format(to=A)


def summary(raw: bytes) -> str:
    """The fine class and the addresses."""
    found = bounce.read(raw)
    return " ".join([found.kind.value, *(one.address for one in found.recipients if one.address)])


def exim(text: str) -> bytes:
    return message(
        "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n"
        f"  {A}\n{text}\n\n------ This is a copy of the message, including all the headers. ------\n\n{COPY}"
    )


def qmail(text: str) -> bytes:
    return message(f"Hi. This is the qmail-send program.\n\n<{A}>:\n{text}\n\n--- Below this line is a copy.\n\n{COPY}")


def sendmail(transcript: str, reader: str = A) -> bytes:
    return message(
        "The original message was received at Wed, 14 Oct 2026 10:00:00 +0900\nfrom app\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"<{reader}>\n\n   ----- Transcript of session follows -----\n{transcript}\n\n"
        f"   ----- Original message follows -----\n{COPY}"
    )


@pytest.mark.parametrize(
    ("answer", "command", "expected"),
    [
        (
            "550 5.1.1 <x>: Recipient address rejected: User unknown in local recipient table",
            "RCPT TO",
            "no_such_mailbox",
        ),
        ("550 5.1.1 too many recipients this hour", "RCPT TO", "policy"),
        ("550 5.1.0 <bounces@news.example>: Sender rejected", "MAIL FROM", "policy"),
        ("550 #5.1.1 mailbox is over quota", "RCPT TO", "mailbox_full"),
        ("552 5.2.2 user is over quota", "RCPT TO", "mailbox_full"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org", "RCPT TO", "policy"),
        ("550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass", "end of DATA", "policy"),
        ("554 5.7.1 Message rejected as spam", "end of DATA", "refused_as_spam"),
        ("552 5.3.4 Message size exceeds fixed maximum message size", "MAIL FROM", "too_large"),
        ("554 5.6.0 Duplicate header From", "end of DATA", "content"),
        ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", "RCPT TO", "refused_by_reader"),
        ("554 5.4.6 Too many hops", "end of DATA", "network"),
        ("525 5.7.13 account disabled", "RCPT TO", "disabled"),
        ("551 5.1.6 the user has moved", "RCPT TO", "no_such_mailbox"),
        ("556 5.1.10 Domain does not accept mail (nullMX)", "RCPT TO", "no_such_mailbox"),
        ("550 5.4.1 Recipient address rejected: Access denied", "RCPT TO", "no_such_mailbox"),
        ("450 4.2.2 Mailbox full", "RCPT TO", "mailbox_full"),
        ("450 4.1.1 user unknown", "RCPT TO", "network"),
        ("550 <a@b.example>: Recipient address rejected.", "RCPT TO", "no_such_mailbox"),
        ("550 言えません", "RCPT TO", "unknown_failure"),
        ("550 言えません", "end of DATA", "unknown_failure"),
    ],
)
def test_answers_say_why(answer: str, command: str, expected: str) -> None:
    assert summary(said(A, answer, command)) == f"{expected} {A}"


@pytest.mark.parametrize(
    ("reader", "answer", "command", "expected"),
    [
        ("a@docomo.ne.jp", "550 Unknown user a@docomo.ne.jp", "RCPT TO", "no_such_mailbox"),
        ("a@docomo.ne.jp", "550 Unknown user a@docomo.ne.jp", "end of DATA", "refused_by_reader"),
        ("a@docomo.ne.jp", "552 Too much mail data", "end of DATA", "mailbox_full"),
        ("a@ezweb.ne.jp", "550 <a@ezweb.ne.jp>: User unknown", "RCPT TO", "no_such_mailbox"),
        ("a@au.com", "550 : User unknown", "end of DATA", "refused_by_reader"),
        ("a@i.softbank.jp", "550 Invalid recipient: <a@i.softbank.jp>", "RCPT TO", "no_such_mailbox"),
        ("a@softbank.ne.jp", "553 news.example does not exist", "end of DATA", "policy"),
        ("a@rakumail.jp", "550 User not found", "RCPT TO", "no_such_mailbox"),
        (
            "a@yahoo.co.jp",
            "554 dd This user doesn't have a yahoo.co.jp account (x) [-5]",
            "end of DATA",
            "no_such_mailbox",
        ),
        ("a@yahoo.co.jp", "554 dd This account has been disabled or discontinued [#102].", "end of DATA", "disabled"),
        ("a@icloud.com", "550 5.1.1 <a@icloud.com>: user does not exist", "RCPT TO", "no_such_mailbox"),
        ("a@icloud.com", "554 5.7.1 [CS01] Message rejected due to local policy.", "end of DATA", "policy"),
        (
            "a@gmail.com",
            "550-5.1.1 https://support.google.com/mail/?p=NoSuchUser x - gsmtp",
            "RCPT TO",
            "no_such_mailbox",
        ),
        ("a@gmail.com", "552-5.2.2 https://support.google.com/mail/?p=OverQuotaPerm x", "RCPT TO", "mailbox_full"),
        ("a@outlook.jp", "550 5.5.0 Requested action not taken: mailbox unavailable", "RCPT TO", "no_such_mailbox"),
        ("a@outlook.jp", "550 5.7.1 messages from [192.0.2.9] weren't sent. (S3140)", "MAIL FROM", "policy"),
    ],
)
def test_carriers_mean_what_they_mean_at_that_stage(reader: str, answer: str, command: str, expected: str) -> None:
    assert summary(said(reader, answer, command)) == f"{expected} {reader}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (exim("    Unrouteable address"), "no_such_mailbox"),
        (exim("    retry timeout exceeded"), "network"),
        (
            exim("    SMTP error from remote mail server after RCPT TO:<a@b.example>:\n    550 No Such User Here"),
            "no_such_mailbox",
        ),
        (
            exim("    SMTP error from remote mail server after end of data:\n    553 news.example does not exist"),
            "policy",
        ),
        (
            exim("    SMTP error from remote mail server after end of data:\n    550 Domain news.example not found"),
            "policy",
        ),
        (qmail("Sorry, no mailbox here by that name. (#5.1.1)"), "no_such_mailbox"),
        (qmail("Sorry, I couldn't find any host named b.example. (#5.1.2)"), "no_such_mailbox"),
        (qmail("Remote host said: 550 5.2.2 mailbox is over quota"), "mailbox_full"),
        (qmail("I'm not going to try again; this message has been in the queue too long."), "network"),
        (sendmail(">>> RCPT To:<a@b.example>\n<<< 550 5.1.1 <a@b.example>... User unknown"), "no_such_mailbox"),
        (sendmail("550 <a@b.example>... Host unknown (Name server: b.example: host not found)"), "no_such_mailbox"),
        (sendmail(">>> DATA\n<<< 554 5.7.1 refused, bulk\n554 5.0.0 Service unavailable"), "refused_as_spam"),
        (
            message(f"Unknown user: {A}\n\nOriginal message follows.\n\n{COPY}", subject="Undeliverable Mail"),
            "no_such_mailbox",
        ),
        (message(f"Delivery failed 20 attempts: {A}\n\nOriginal message follows.\n\n{COPY}"), "network"),
        (
            message(f"Could not be delivered because of\n\n550 5.1.1 User unknown\n\nRecipients affected:\n    {A}\n"),
            "no_such_mailbox",
        ),
        (
            message(f"was not delivered to:\n\n  {A}\n\nbecause:\n\n  User a not listed in Domino Directory\n"),
            "no_such_mailbox",
        ),
        (message(f"{A} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User Unknown\n"), "no_such_mailbox"),
        (
            message(f"did not reach the following recipient(s):\n\n{A} on Thu, 9 May 2026\n    Unknown Recipient\n"),
            "no_such_mailbox",
        ),
        (
            message(
                f"Could not be delivered to: <{A}>\n   As their mailbox is full.\n", sender="no-reply@x.dion.ne.jp"
            ),
            "mailbox_full",
        ),
        (
            message(
                f"次の受信者への配信に失敗しました:\n\n{A}\nアドレスが見つかりませんでした。\n", subject="配信不能"
            ),
            "no_such_mailbox",
        ),
        (message(f"{A}\n受信者のメールボックスがいっぱいです。\n", subject="配信不能: 第1号"), "mailbox_full"),
        (message(f"{A}\n指定受信の設定により届きませんでした。\n", subject="配信不能"), "refused_by_reader"),
        (
            message(f"{A} には、組織外の送信者からのメールを受信しない設定があり、配信できません。\n"),
            "refused_by_reader",
        ),
        (message(f"{A}\n再送信を続けています。送り直さないでください。\n", subject="配信の遅延"), "delayed"),
        (
            message(
                f"<{A}>... Deferred: timed out\nWarning: message still undelivered after 4 hours\nWill keep trying\n"
            ),
            "delayed",
        ),
        (
            message(
                f"has not yet been delivered is:\n\n  {A}\n\nDelivery attempts will continue.\n",
                subject="Warning: delayed",
            ),
            "delayed",
        ),
    ],
)
def test_reports_in_plain_text_are_read(raw: bytes, expected: str) -> None:
    assert summary(raw) == f"{expected} {A}"


def test_of_several_recipients_each_has_its_own_reason() -> None:
    raw = message(
        "<a@b.example>:\n550 5.1.1 User unknown\n\n<c@d.example>:\n552 5.2.2 Mailbox full\n", subject="failure notice"
    )
    assert [(one.address, one.kind.value) for one in bounce.read(raw).recipients] == [
        ("a@b.example", "no_such_mailbox"),
        ("c@d.example", "mailbox_full"),
    ]
    many = [fields(f"r{number}@b.example", "5.1.1" if number % 2 else "5.2.2") for number in range(100)]
    found = bounce.read(report(*many)).recipients
    assert len(found) == 100
    assert {one.kind for one in found[::2]} == {BounceClass.MAILBOX_FULL}
    assert {one.kind for one in found[1::2]} == {BounceClass.NO_SUCH_MAILBOX}


def test_a_transcript_gives_each_recipient_what_was_said_of_it() -> None:
    raw = message(
        "   ----- The following addresses had permanent fatal errors -----\n"
        "<a@b.example>\n<c@d.example>\n<e@f.example>\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx.d.example.:\n"
        ">>> RCPT To:<c@d.example>\n<<< 552 5.2.2 <c@d.example>... Mailbox full\n"
        "550 5.1.2 <a@b.example>... Host unknown (Name server: b.example: host not found)\n"
        "<e@f.example>... Deferred: Connection timed out with f.example.\n",
        subject="Returned mail: see transcript for details",
    )
    assert {one.address: one.kind.value for one in bounce.read(raw).recipients} == {
        "a@b.example": "no_such_mailbox",
        "c@d.example": "mailbox_full",
        "e@f.example": "network",
    }


def test_whom_the_letter_was_written_to_is_told_from_who_is_named_beside() -> None:
    raw = message(
        f"Your message to {A} was not delivered: no such user.\n\nhelp@isp.example\n(our support)\n\n"
        f"--- Original message follows.\n\n{COPY}"
    )
    assert summary(raw) == f"no_such_mailbox {A}"


def test_recipients_behind_one_address_have_each_an_end() -> None:
    groups = [
        fields(f"{name}@w.example", status, Original_Recipient=f"rfc822; {A}")
        for name, status in (("x", "5.1.1"), ("y", "5.2.2"))
    ]
    found = bounce.read(report(*groups)).recipients
    assert [(one.address, one.kind.value) for one in found] == [
        ("x@w.example", "no_such_mailbox"),
        ("y@w.example", "mailbox_full"),
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (report(fields(A, "5.1.1", "550 5.1.1 user unknown")), f"no_such_mailbox {A}"),
        (report(fields(A, "5.0.0", "550 sorry", X_PowerMTA_BounceCategory="bad-mailbox")), f"no_such_mailbox {A}"),
        (
            report(fields(A, "5.1.1", "550 5.1.1 user unknown")).replace(b"To:", b"X-SPASIGN: NG\nTo:", 1),
            f"refused_by_reader {A}",
        ),
        (report(fields(A, "5.1.1", "550 5.1.1 user unknown"), encoded=True), f"no_such_mailbox {A}"),
        (report(fields(A, "5.1.1"), kind="text/plain"), f"no_such_mailbox {A}"),
        (report(fields(A, "4.4.1", action="delayed")), f"delayed {A}"),
        (report(fields(A, "2.0.0", action="delivered")), f"delivered {A}"),
        (report(fields(A, "2.0.0", action="relayed")), f"delivered {A}"),
        (report(fields("f@w.example", Original_Recipient=f"rfc822;{A}")), f"no_such_mailbox {A}"),
        (report(fields("local", "5.1.1"), to=A), f"no_such_mailbox {A}"),
        (report(fields(A, "4.4.7", "connection timed out")), f"network {A}"),
        (report(fields(A, "5.0.0"), text=f"<{A}>: 宛先のユーザーは存在しません"), f"no_such_mailbox {A}"),
        (
            report(
                "Final-Recipient: utf-8; 太郎@例え.example\nAction: failed\nStatus: 5.1.1",
                kind="message/global-delivery-status",
            ),
            "no_such_mailbox 太郎@例え.example",
        ),
        (
            report(fields(A, "5.1.0", "5.1.0 - Unknown address error 550-'5.7.1 Message rejected as spam'")),
            f"refused_as_spam {A}",
        ),
    ],
)
def test_fields_of_reports_are_read_in_any_shape(raw: bytes, expected: str) -> None:
    assert summary(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (feedback("abuse"), f"complaint {A}"),
        (feedback("fraud", more="Removal-Recipient: a@b.example"), f"complaint {A}"),
        (feedback("abuse", more="Original-Rcpt-To: <[redacted]@x>"), f"complaint {A}"),
        (feedback("not-spam"), "other"),
        (feedback("auth-failure"), "other"),
        (feedback("abuse", more="Auth-Failure: dmarc"), "other"),
        (
            message(
                f"--x\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: {A}\n{COPY}\n--x--\n",
                sender="staff@hotmail.com",
                subject="complaint about message from 192.0.2.1",
                head="Content-Type: multipart/mixed; boundary=x",
            ),
            f"complaint {A}",
        ),
    ],
)
def test_complaints_are_told_from_what_looks_like_them(raw: bytes, expected: str) -> None:
    assert summary(raw) == expected


PERSON = "Taro <taro@b.example>"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (message("不在です。このアドレスは存在しません。", sender=PERSON, subject="自動応答: 第1号"), "auto_reply"),
        (message("I am away.", sender="Postmaster <postmaster@b.example>", subject="Out of office"), "auto_reply"),
        (message("退職しました。", sender=PERSON, subject="第1号", head="Auto-Submitted: auto-replied"), "auto_reply"),
        (
            message("自動送信です。", sender=PERSON, subject="[Ticket #1]", head="Auto-Submitted: auto-generated"),
            "auto_reply",
        ),
        (
            message("", sender=PERSON, subject="unsubscribe abc", head="Auto-Submitted: auto-generated"),
            "unsubscribe_request",
        ),
        (
            message("", sender=PERSON, subject="unsubscribe abc", head="Auto-Submitted: auto-replied"),
            "unsubscribe_request",
        ),
        (message("", sender=PERSON, subject="配信停止のお願い"), "unsubscribe_request"),
        (message("メールの配信を停止してください。", sender=PERSON, subject=""), "unsubscribe_request"),
        (message("質問があります。\n> 配信停止はこちら\n", sender=PERSON, subject="Re: 第1号"), "other"),
        (message("教えてください。", sender=PERSON, subject="停止条例の改正"), "other"),
        (message("どこにありますか。", sender=PERSON, subject="配信停止のボタンが押せない件"), "other"),
        (message("もう送らないでください。", sender=PERSON, subject=""), "unsubscribe_request"),
        # Who asks about leaving, or answers a letter whose subject is about it, does not ask to leave.
        (message("配信停止の方法を教えていただけますか。", sender=PERSON, subject="質問"), "other"),
        (message("先日配信停止された号はいつ届きますか?", sender=PERSON, subject=""), "other"),
        (message("配信停止はせず、これからも読みます。", sender=PERSON, subject=""), "other"),
        (message("承知しました。\n> 配信停止\n", sender=PERSON, subject="配信停止のお知らせ"), "other"),
        (message("承知しました。", sender=PERSON, subject="購読解除の手順が変わります"), "other"),
        (message("停止をお願いします。", sender=PERSON, subject="配信停止希望"), "unsubscribe_request"),
        (message("配信を停止していただけますか。", sender=PERSON, subject="お尋ね"), "unsubscribe_request"),
        (message("メルマガをやめてもらえませんか?", sender=PERSON, subject=""), "unsubscribe_request"),
        (message("配信の停止をお願いします。", sender=PERSON, subject="配信停止について"), "unsubscribe_request"),
        (
            message("550 5.1.1 と出ます。\n> <a@b.example>: User unknown\n", sender=PERSON, subject="Re: 配信エラー"),
            "other",
        ),
        (
            message("Your mailbox is full and will be disabled. Click.", sender="Mail Delivery System <x@y.example>"),
            "other",
        ),
        (message("3通を隔離しました。", sender="q@b.example", subject="迷惑メール隔離のお知らせ"), "other"),
        (
            message("x", sender="r@b.example", subject="Report Domain: news.example Submitter: b.example Report-ID: 1"),
            "other",
        ),
        (
            message(
                "--x\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.c\n\n--x--\n",
                sender=PERSON,
                head="Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            ),
            "other",
        ),
    ],
)
def test_what_is_no_report_is_not_taken_for_one(raw: bytes, expected: str) -> None:
    assert summary(raw) == expected


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("iso2022_jp", "iso-2022-jp"),
        ("iso2022_jp", ""),
        ("cp932", "Shift_JIS"),
        ("cp932", ""),
        ("utf-8", "x-not-there"),
        ("euc_jp", ""),
    ],
)
def test_japanese_notices_are_read_in_every_charset(charset: str, declared: str) -> None:
    text = f"次の宛先へは配信できませんでした。\n\n{A}\n指定されたユーザーは存在しません。\n"
    assert summary(japanese(text, charset, declared=declared)) == f"no_such_mailbox {A}"


@pytest.mark.parametrize("charset", ["cp932", "euc_jp"])
def test_eight_bit_charsets_are_told_apart_by_their_text(charset: str) -> None:
    text = f"お送りいただいたメールは、あて先のメールボックスの容量がいっぱいのため、お届けできません。\n{A}\n"
    assert summary(japanese(text, charset, declared="us-ascii")) == f"mailbox_full {A}"


def test_half_width_kana_are_read_though_the_standard_forbids_them() -> None:
    text = f"{A}\nﾒｰﾙﾎﾞｯｸｽの容量がいっぱいです。配信できません。\n"
    assert summary(japanese(text, "iso2022_jp_ext", declared="iso-2022-jp")) == f"mailbox_full {A}"
    assert summary(japanese(text, "cp932")) == f"mailbox_full {A}"


def test_an_event_of_amazon_that_comes_by_mail_is_read() -> None:
    event = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"NoEmail",'
        f'"bouncedRecipients":[{{"emailAddress":"{A}","status":"5.1.1"}}]}}}}\n\n-- \nunsubscribe: https://x.example'
    )
    sender = "no-reply@sns.amazonaws.com"
    assert summary(message(event, sender=sender, subject="AWS Notification Message")) == f"no_such_mailbox {A}"
    other = event.replace('"Bounce"', '"Delivery"').replace('"bounce"', '"delivery"')
    assert summary(message(other, sender=sender, subject="AWS Notification Message")) == "other"


def test_a_reading_keeps_the_rule_and_the_version_of_the_rules() -> None:
    found = bounce.read(said(A, "550 5.1.1 User unknown"))
    assert (found.rule, found.rules_version) == ("no such user", reasons.version())
    assert found.recipients[0].rule in {rule.name for rule in reasons.rules()}


@pytest.mark.parametrize(
    "subject", ["第1号", "アカウント停止と退会の手続き", "User unknown とは何か", "ウイルスと容量超過"]
)
@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("宛先不明", "no_such_mailbox"),
        ("宛先のメールアドレスが存在しない", "no_such_mailbox"),
        ("メールボックスの容量を超過した", "mailbox_full"),
        ("一時的な問題が続いた", "network"),
    ],
)
def test_the_subject_of_the_letter_says_nothing_of_why_it_came_back(why: str, subject: str, expected: str) -> None:
    before = message(
        f"以下のメールは{why}ため配送できませんでした。\n\n宛先: {A}\n件名: {subject}\n", subject="未達通知"
    )
    after = message(
        f"次のメールを配送できませんでした。\n\n件名:{subject}\n宛先: {A}\n理由: {why}ため\n", subject="未達通知"
    )
    notes = message(
        f"Your message\n\n  Subject: {subject}\n\nwas not delivered to:\n\n  {A}\n\nbecause:\n\n  {why}ため\n",
        subject="DELIVERY FAILURE",
    )
    assert [summary(one) for one in (before, after, notes)] == [f"{expected} {A}"] * 3


def test_the_subject_of_a_report_says_why_only_where_nothing_else_does() -> None:
    told = message(
        f"メールボックスの容量を超過したため配送できませんでした。\n\n宛先: {A}\n", subject="配信不能: User unknown"
    )
    assert summary(told) == f"mailbox_full {A}"
    assert summary(message(f"<{A}>\n", subject="Returned mail: User unknown")) == f"no_such_mailbox {A}"
