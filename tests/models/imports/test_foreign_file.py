"""What is no list is refused with the word for what it is, and nothing that is one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from models.imports import encoding, excel_file
from models.store.errors import Invalid

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
MHTML = (
    b"From: <Saved by a browser>\r\nSubject: list\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="--x"\r\n\r\n----x\r\n'
)
MHTML_OF_EXCEL = b'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary="x"\r\n'
ROSTER = "メールアドレス,氏名\r\nhanako@example.jp,高橋 花子\r\n"


RANDOM = Random(1).randbytes(3000)

REFUSED = {
    "an image file": [PNG, b"\xff\xd8\xff\xe0\0\x10JFIF\0" + RANDOM, b"GIF89a\x01\0\x01\0", b"<svg xmlns='x'/>",
                  b"RIFF\x24\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic\0\0\0\0"],
    "a web page": [MHTML, MHTML_OF_EXCEL, "\ufeff<html>".encode("utf-16-le"), b"\xef\xbb\xbf <?xml version='1.0'?>",
                   b"\r\n<TABLE border=1>"],
    "a workbook, an archive or a document": [b"%PDF-1.7\n", b"{\\rtf1", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"],
    "of the old kind": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    "a calendar": [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nATTENDEE:mailto:a@example.jp\r\n"],
    "address cards": [b"\xef\xbb\xbfBEGIN:VCARD\r\nEMAIL:a@example.jp\r\n"],
    "an e-mail": [b"Return-Path: <a@example.jp>\r\nFrom: a@example.jp\r\n",
                  b"From: a@example.jp\nTo: b@example.jp\n\nx",
                  b"From a@example.jp Mon Nov 30 09:00:00 2026\nFrom: a@example.jp\n"],
    "data for programs": [b'[{"email": "a@example.jp"}]', b'{\n"list": []}',
                          b"dn: cn=a,dc=example\nmail: a@example.jp\n"],
    "holds no text": [b"\x7fELF\x02\x01\x01\0" + RANDOM, b"\0" * 3000, RANDOM,
                      b"SQLite format 3\0" + bytes(range(256)) * 4],
}  # fmt: skip
TAKEN = [
    ROSTER.encode(), ROSTER.encode("cp932"), ROSTER.encode("euc_jp"), ROSTER.encode("iso2022_jp"),
    ROSTER.encode("utf-16"), ROSTER.encode("utf-16-le"), ROSTER.encode("utf-16-be"), ROSTER.encode("utf-8-sig"),
    b"", b"From,To\r\na@example.jp,b@example.jp\r\n", b"Date,Mail\r\n2026-11-30,a@example.jp\r\n",
    b"address\r\n" + b"a\0@example.jp\r\n" * 200, b"mail\x1dname\r\na@example.jp\x0bb@example.jp\x1dx\r\n" * 50,
    b"[1],mail\r\n1,a@example.jp\r\n", b"a@example.jp\r\n\x1a", b"id;mail\r\n1;a@example.jp\r\n",
]  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_list_is_called_what_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "list"
    for content in REFUSED[kind]:
        path.write_bytes(content)
        with pytest.raises(Invalid, match=rf"名簿\.csv: .*{kind}"):
            encoding.detect(path, "名簿.csv")


def test_what_is_a_list_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "list"
    for content in TAKEN:
        path.write_bytes(content)
        encoding.detect(path)
        assert not excel_file.is_workbook(path, "list")
