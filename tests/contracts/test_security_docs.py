"""What docs/security.md promises has the tests that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
ROWS = re.findall(r"^\| .* \| ([A-HT]\d+(?:, [A-HT]\d+)*) \| (.*) \|$", (DOCS / "security.md").read_text("utf-8"), re.M)


def test_promises_are_read() -> None:
    assert len(ROWS) > 15


@pytest.mark.parametrize(("cases", "links"), ROWS, ids=[cases for cases, _ in ROWS])
def test_every_promise_is_tested_where_the_page_says(cases: str, links: str) -> None:
    files = [(DOCS / way).resolve() for way in re.findall(r"\]\(([^)]*)\)", links)]
    assert files
    texts = [file.read_text("utf-8") for file in files]
    wanted = [f"case_{case.lower()}" for case in cases.split(", ")]
    for case in wanted:
        assert any(re.search(rf"{case}(?!\d)", text) for text in texts), f"no test of {case} in {links}"
    for file, text in zip(files, texts, strict=True):
        assert any(re.search(rf"{case}(?!\d)", text) for case in wanted), f"{file.name} tests none of {cases}"
