"""What is written as a manuscript is read back as exactly the same, whatever it says."""

from __future__ import annotations

from hypothesis import given, settings

from models import manuscript
from models.manuscript import Manuscript

from .strategies import manuscripts


def _name(digest: str) -> str:
    return f"figures/{digest}.png"


def _load(path: str, _line: int) -> str:
    return path.removeprefix("figures/").removesuffix(".png")


@settings(max_examples=300)
@given(manuscripts)
def test_reading_what_was_written(one: Manuscript) -> None:
    written = manuscript.write(one, _name)
    assert manuscript.parse(written, "issue.md", _load) == one
    assert manuscript.parse("\ufeff" + written.replace("\n", "\r\n"), "issue.md", _load) == one
    assert manuscript.write(manuscript.parse(written, "issue.md", _load), _name) == written
