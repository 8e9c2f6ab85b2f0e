"""``kairan returns``: a folder of files, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from ops.cli import kairan
from tests.models.bounces.returned_mail import feedback, said


def test_each_file_of_a_folder_is_a_line_and_bad_ones_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "1.eml").write_bytes(said("a@b.example", "550 5.1.1 User unknown"))
    (tmp_path / "2.eml").write_bytes(b"\xff\xfe broken")
    (tmp_path / "3.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "new" / "4").write_bytes(feedback("abuse"))
    result = CliRunner().invoke(kairan, ["returns", "read", str(tmp_path), "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["file"], line["class"]) for line in lines] == [
        ("1.eml", "hard"),
        ("2.eml", "other"),
        ("new/4", "complaint"),
    ]
    [named] = lines[0]["recipients"]
    assert (named["address"], named["class"], named["kind"]) == ("a@b.example", "hard", "no_such_mailbox")
    assert lines[0]["rule"] == "no such user"
    assert lines[0]["rules"]
    assert "3 files read" in result.stderr
    assert result.exit_code == 0


def test_one_file_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "1.eml"
    file.write_bytes(said("a@b.example", "552 5.2.2 Mailbox full"))
    result = CliRunner().invoke(kairan, ["returns", "read", str(file)])
    assert result.stdout == "1.eml: mailbox_full [full] a@b.example (mailbox_full)\n"


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(kairan, ["returns", "read", str(tmp_path), "--json"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "0 files read" in result.stderr
