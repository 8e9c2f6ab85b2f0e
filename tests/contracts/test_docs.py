"""The docs say what is so: reference pages match the code, links lead somewhere, decisions are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from ops import reference_docs
from ops.cli import kairan

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])


@pytest.mark.parametrize("name", sorted(reference_docs.PAGES))
def test_reference_pages_are_those_of_the_code(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == reference_docs.PAGES[name](), f"docs/{name} is older than the code: run scripts/docs"


def test_every_command_has_help() -> None:
    page = reference_docs.commands_page()
    for words in re.findall(r"^## kairan(.*)$", page, re.MULTILINE):
        result = CliRunner().invoke(kairan, [*words.split(), "--help"])
        assert result.exit_code == 0, (words, result.output)
        first = result.output.split("\n\n")[1].strip()
        assert len(first) > 10, words
        assert not first.startswith("Options"), f"kairan{words} has no help"


def links(page: Path) -> Iterator[str]:
    """The relative links and pictures of a page, without anchors; examples in code are left out."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`", "", text)
    for target in re.findall(r"\]\(<?([^)\s>]+)>?[^)]*\)|(?:src|href)=\"([^\"]+)\"", text):
        address = "".join(target)
        if not re.match(r"[a-z]+:|#", address):
            yield unquote(address.partition("#")[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    missing = [target for target in links(page) if not (page.parent / target).exists()]
    assert missing == []


def test_files_that_pages_name_are_there() -> None:
    """Paths in backquotes, such as `models/store/token.py`."""
    pattern = r"`((?:models|templates|worker|web|ops|tests|docs|scripts|benchmarks)/[\w./-]+\.\w+|settings\.py)`"
    for page in PAGES:
        for path in re.findall(pattern, page.read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{page.relative_to(ROOT)} names {path}"


def test_decisions_have_numbers_of_their_own_and_half_a_page() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [file.name[:4] for file in files]
    assert len(set(numbers)) == len(numbers)
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+", file.stem), file.name
        assert lines[0].startswith("# "), file.name
        assert len(lines) <= 60, f"{file.name} is longer than a page"
