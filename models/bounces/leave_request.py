"""Unsubscribing by mail: what the ``mailto:`` of List-Unsubscribe (RFC 2369, 8058) makes programs and people send.

Apple's and other programs mark it as written automatically, so that it is read before automatic answers are dropped.
"""

from __future__ import annotations

import re

from . import recognition
from .mail_text import without_answered
from .returned_message import Part

_SUBJECT = recognition.pattern("leave_subject")
_TEXT = recognition.pattern("leave_text")
_ASKS = re.compile(
    r"お願い|ください|下さい|希望|して欲しい|してほしい|たいです|頼みます|願います|please|不要です|いりません"
    r"|(?:停止|解除|中止|解約|退会|やめ|止め|外)\w{0,3}て(?:もらえ|いただけ|頂け|くれ)",
    re.IGNORECASE,
)
_NO_REQUEST = re.compile(
    r"完了|しました|いたしました|承りました|受付|でき(?:ない|ません)|押せ|方法|どこ|[??]|エラー|confirm|success|complete",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"の(?:お知らせ|ご案内)\W*\Z|について|手順|期間|変わり", re.IGNORECASE)
"""What a subject is about that asks for nothing; the text may."""
_QUESTION = re.compile(r"[??]|ですか|ますか|せんか|でしょうか|教えて|どうす|せず|続けます", re.IGNORECASE)
_PLAIN = re.compile(r"\s*unsubscribe\b(?!.{0,40}(?:confirm|success|complete))", re.IGNORECASE)
_LOCAL = re.compile(r"\A[^@]{0,20}(?:unsubscribe|leave|opt-?out|signoff)\b", re.IGNORECASE)
_AUTOMATIC = re.compile(r"auto-replied", re.IGNORECASE)


def is_leave_request(top: Part, subject: str, text: str, to: str) -> bool:
    """Whether somebody, or their program, asks to leave.

    Arguments:
        text: the message's own text.
        to: the address that it was sent to.
    """
    if _AUTOMATIC.match(top.get("auto-submitted")):
        return bool(_PLAIN.match(subject))
    subject = subject[:200]
    if _SUBJECT.search(subject) and not _NO_REQUEST.search(subject) and not _ABOUT.search(subject):
        return True
    own = " ".join(without_answered(text[:6000]).split())
    if _LOCAL.match(to) and len(own) < 200 and not top.get("in-reply-to"):
        return True
    return (
        len(own) < 400
        and bool(_TEXT.search(own))
        and (bool(_ASKS.search(own)) or (len(own) < 60 and not _QUESTION.search(own)))
    )
