"""Evidence as strangers' programs save it, and as forgers write it: right, wrong, or told to be unreadable."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.deliveries.edition import Edition
from models.reports import evidence, evidence_check, evidence_files, hit_export
from models.store.errors import Invalid

from ..tracking.sample_newsletter import SampleNewsletter
from .test_evidence import SCRIPT, drawn, made, script  # noqa: F401  the fixture is asked for by its name

Texts = dict[str, bytes]
NAMES = ("sheet.json", "clicks.csv", "reach.json", "key.pem")


@pytest.fixture
def texts(session: Session, made: object) -> Texts:  # noqa: F811
    """The files of a true sheet."""
    files, clicks = drawn(session), io.StringIO()
    csv.writer(clicks, lineterminator="\n").writerows([hit_export.COLUMNS, *files.rows])
    values = (json.dumps(files.sheet), clicks.getvalue(), json.dumps(files.reach), files.keys)
    return {name: value.encode() for name, value in zip(NAMES, values, strict=True)}


def by_script(folder: Path, texts: Texts, encoding: str = "utf-8") -> tuple[int, str]:
    """What the script says; nothing that it reads may end it with a traceback."""
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    command = [sys.executable, str(SCRIPT), *(str(folder / name) for name in NAMES)]
    answer = subprocess.run(command, capture_output=True, check=False, env={"PYTHONIOENCODING": encoding})
    assert answer.stderr == b""
    return answer.returncode, answer.stdout.decode(encoding)


def by_program(folder: Path, texts: Texts) -> list[str]:
    """What the program finds wrong; a file that it cannot read is a fault, too."""
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    sheet, clicks, reach, key = (folder / name for name in NAMES)
    try:
        return evidence_check.verify(
            evidence_files.read_json(sheet),
            evidence_files.read_rows(clicks),
            evidence_files.read_json(reach),
            evidence_check.read_keys(evidence_files.read_text(key)),
        ).faults
    except (Invalid, UnicodeDecodeError) as error:
        return [str(error)]


RESAVED: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "utf-16": lambda content: content.decode().encode("utf-16"),
    "crlf": lambda content: content.replace(b"\n", b"\r\n"),
    "blank lines": lambda content: content + b"\n\n",
}


@pytest.mark.parametrize("way", RESAVED.values(), ids=RESAVED)
def test_case_b3_resaved_files_are_still_right(way: Callable[[bytes], bytes], texts: Texts, tmp_path: Path) -> None:
    resaved = {name: way(content) for name, content in texts.items()}
    code, told = by_script(tmp_path, resaved)
    assert (code, "Every number" in told) == (0, True), told
    assert by_program(tmp_path, resaved) == []


def put(name: str, old: str, new: str) -> Callable[[Texts], None]:
    """A forger's change of the first *old* in a file."""

    def change(texts: Texts) -> None:
        assert old.encode() in texts[name]
        texts[name] = texts[name].replace(old.encode(), new.encode(), 1)

    return change


def whole(name: str, content: bytes) -> Callable[[Texts], None]:
    """Another content of a file."""
    return lambda texts: texts.update({name: content})


def more(name: str, content: bytes) -> Callable[[Texts], None]:
    """A file with something after its end."""
    return lambda texts: texts.update({name: texts[name] + content})


LATE = b"9999-12-31T23:59Z,1,click,1,article-0,citizen,aaaaaaaaaaaaaaaaaaaa,GET,human,99,x@1\n"
BROKEN: dict[str, Callable[[Texts], None]] = {
    "places twice": put("sheet.json", '"places": [', '"places": [{"number": 1, "article": "mine"}], "places": ['),
    "readers twice": put("sheet.json", '"readers": ', '"readers": 999, "readers": '),
    "name twice in reach": put("reach.json", '"kind": ', '"kind": "other", "kind": '),
    "no number": put("sheet.json", '"readers": ', '"readers": NaN, "more": '),
    "endless number": put("sheet.json", '"readers": ', '"readers": ' + "9" * 5000),
    "deep sheet": whole("sheet.json", b"[" * 200_000),
    "deep reach": whole("reach.json", b'{"a":' * 200_000),
    "empty sheet": whole("sheet.json", b""),
    "empty clicks": whole("clicks.csv", b""),
    "empty reach": whole("reach.json", b""),
    "reach of nothing": whole("reach.json", b"{}"),
    "reach of null": whole("reach.json", b"null"),
    "empty key": whole("key.pem", b""),
    "no key": whole("key.pem", b"hello"),
    "key of another kind": whole("key.pem", b"-----BEGIN PUBLIC KEY-----\nMIIBx\n-----END PUBLIC KEY-----\n"),
    "key without a time": put("key.pem", "Made: ", "Made: x"),
    "bytes as key": whole("key.pem", b"0*\xff\xfe"),
    "other letters": whole("clicks.csv", b"\x82\xa0\xff"),
    "last day of all": more("clicks.csv", LATE),
    "endless field": more("clicks.csv", b'"' + b"a" * 200_000 + b'"\n'),
    "short line": more("clicks.csv", b"2021-05-01T00:00Z,1\n"),
    "long line": more("clicks.csv", LATE[:-1] + b",x\n"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_case_b3_what_is_broken_is_told(broken: Callable[[Texts], None], texts: Texts, tmp_path: Path) -> None:
    broken(texts)
    code, told = by_script(tmp_path, texts)
    assert code in (1, 2)
    assert "is right" not in told
    assert "Nothing else" not in told
    assert by_program(tmp_path, texts)


def forged(texts: Texts, change: Callable[[dict[str, Any]], None]) -> Texts:
    """The files without the key, with a changed sheet whose digest is made anew."""
    sheet = json.loads(texts["sheet.json"])
    change(sheet)
    sheet["digest"] = evidence.digest(sheet)
    return {**texts, "sheet.json": json.dumps(sheet).encode(), "key.pem": texts["key.pem"]}


@pytest.mark.parametrize("name", ["\x1b[2J\nEvery number of the 3 places is right.", "記事🎉"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "cp1252", "ascii"])
def test_case_b3_names_move_no_cursor(name: str, encoding: str, texts: Texts, tmp_path: Path) -> None:
    changed = forged(texts, lambda sheet: sheet["places"][0].update(article=name))
    code, told = by_script(tmp_path, changed, encoding)
    assert code == 1
    assert "\x1b" not in told
    assert not any(line.startswith("Every number") for line in told.splitlines())
    assert all(fault.isprintable() for fault in by_program(tmp_path, changed))


@pytest.mark.parametrize(
    "days", [{"period": "2020"}, {"period": "2021-fiscal"}, {"period": "2021-q2"}, {"period": "2021-05"},
             {"from": "2020-01-01"}, {"period": "2021-01-01..2021-12-30"}, {"first_days": 10**12, "measure": "early"}]
)  # fmt: skip
def test_case_b3_the_days_are_those_of_the_period(days: dict[str, Any], texts: Texts, tmp_path: Path) -> None:
    changed = forged(texts, lambda sheet: sheet["query"].update(days))
    code, told = by_script(tmp_path, changed)
    assert code == 1
    faults = by_program(tmp_path, changed)
    if "first_days" not in days:
        assert "the days are not those of the period" in told
        assert "the days are not those of the period" in faults


def test_case_b3_no_files_and_files_that_are_not_there(tmp_path: Path) -> None:
    for names in ([], ["--help"], [str(tmp_path)], [str(tmp_path / "none.json")]):
        answer = subprocess.run([sys.executable, str(SCRIPT), *names], capture_output=True, text=True, check=False)
        assert (answer.returncode, answer.stderr) == (2, "")
        assert answer.stdout


def test_case_b3_an_article_in_no_edition_has_its_place_and_was_received_by_nobody(
    session: Session,
    made: SampleNewsletter,  # noqa: F811
    tmp_path: Path,
) -> None:
    """Its link stands in the issue, so whoever changes the number in an address can follow it."""
    for issue in made.issues:
        session.execute(delete(Edition).where(Edition.issue_id == issue.id))
        session.add(
            Edition(issue_id=issue.id, number=1, variant={"met": []}, link_numbers=[1, 2], frozen=b"", html="",
                    text="", size=0, digest="")
        )  # fmt: skip
    session.flush()
    files = drawn(session)
    received = {one["article"]: one["received"] for one in files.sheet["places"] + files.sheet["others"]}
    assert received["article-4"] == 0
    assert files.faults == []
    code, told = script(tmp_path, files)
    assert (code, "Every number" in told) == (0, True)
