"""The files in examples/ work as they stand: imported by the real commands, read by the real programs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ops.cli import kairan
from tests.servers import ROOT
from tests.worker.smtp.certificate import make

EXAMPLES = ROOT / "examples"


def run(*words: str | Path) -> Result:
    """One command, which must succeed."""
    result = CliRunner().invoke(kairan, [str(word) for word in words])
    assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result


def test_a_newsletter_with_article_issue_and_readers(database: Engine, tmp_path: Path) -> None:
    assert run("newsletter", "create", EXAMPLES / "newsletter.yaml").output == "kurashi: created\n"
    assert run("newsletter", "create", EXAMPLES / "look.yaml").output == "kurashi: updated\n"
    assert run("article", "import", EXAMPLES / "articles").output == "battery-disposal: created\n"
    readers = shutil.copy(EXAMPLES / "readers.csv", tmp_path)
    assert "3 added" in run("subscriber", "import", readers).output
    said = run("issue", "import", EXAMPLES / "issue.md").output
    issue = re.findall(r"Issue (\d+) \(no\. 1 of kurashi\): created", said)[0]
    assert "0 errors, 0 warnings" in run("issue", "check", issue).output
    run("issue", "preview", issue, "--out", tmp_path / "seen", "--audience", "official")
    html = (tmp_path / "seen" / "letter.html").read_text("utf-8")
    assert "#7a2e0e" in html
    assert "職場の連絡網" in html
    assert "充電池の捨て方を確かめる" in (tmp_path / "seen" / "letter.txt").read_text("utf-8")


def test_postfix_takes_its_configuration(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "postfix" / "main.cf", tmp_path)
    shutil.copy("/usr/share/postfix/master.cf.dist", tmp_path / "master.cf")
    tmp_path.chmod(0o755)
    answer = subprocess.run(["postconf", "-c", tmp_path, "-n"], capture_output=True, text=True, check=True)
    assert answer.stderr == ""  # where unknown or unused parameters would be named
    names = [line.partition(" =")[0] for line in answer.stdout.splitlines()]
    written = re.findall(r"^(\w+) =", (EXAMPLES / "postfix" / "main.cf").read_text("utf-8"), re.M)
    assert set(written) <= set(names)
    checked = subprocess.run(["postfix", "-c", tmp_path, "check"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    certificate = make(tmp_path)
    text = (EXAMPLES / "nginx" / "kairan.conf").read_text("utf-8")
    for path, place in (
        ("/etc/nginx/tls/news.example.lg.jp.pem", certificate.certificate),
        ("/etc/nginx/tls/news.example.lg.jp.key", certificate.key),
        ("/var/log/nginx/kairan.log", tmp_path / "access.log"),
    ):
        assert path in text
        text = text.replace(path, str(place))
    (tmp_path / "kairan.conf").write_text(text, "utf-8")
    lines = [f"pid {tmp_path}/pid;", f"error_log {tmp_path}/error.log;", "events {}", "http { include kairan.conf; }"]
    (tmp_path / "nginx.conf").write_text("\n".join(lines), "utf-8")
    command = ["nginx", "-t", "-q", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "warn" not in answer.stderr


FILES = sorted(file for file in EXAMPLES.rglob("*.*") if file.suffix in {".yaml", ".md", ".csv", ".cf", ".conf"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_example_is_in_the_list(file: Path) -> None:
    path = file.relative_to(EXAMPLES)
    assert path.name == "README.md" or f"({path})" in (EXAMPLES / "README.md").read_text("utf-8")
