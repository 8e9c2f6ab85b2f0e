"""Letters as they were when somebody last looked at them: HTML, text and raw source, in ``tests/data/letters``.

``python -m tests.templates.golden`` writes them anew. Read the difference, and look at the letters in a browser,
before you commit it.
"""

from __future__ import annotations

from pathlib import Path

from templates import preview
from templates.content.letter import Letter
from templates.message import mime
from templates.render import edition

from . import sample_letters

FOLDER = Path(__file__).parents[1] / "data" / "letters"
READER = {
    "name": "山田 太郎",
    "to": "taro@city.example.jp",
    "date": "Fri, 18 Dec 2026 09:00:00 +0900",
}


def letters() -> dict[str, Letter]:
    """A letter for each block, a whole ranking, a correction, every block in English, and one without tracking."""
    return {
        **{name: sample_letters.letter(block) for name, block in sample_letters.BLOCKS.items()},
        "whole-ranking": sample_letters.ranking(),
        "correction": sample_letters.letter(
            sample_letters.PROSE, kind="correction", correction_note="前号の締切日は、正しくは**1月15日(金)**です。"
        ),
        "english": sample_letters.letter(*sample_letters.BLOCKS.values(), language="en"),
        "untracked": sample_letters.letter(sample_letters.PROSE, sample_letters.CARD, tracking="off"),
    }


def files(letter: Letter) -> dict[str, bytes]:
    """The three files of a letter, by what their names end in."""
    rendered = edition.render(letter)
    return {
        "html": preview.fill_sample(rendered.html, rendered.slots, READER).encode(),
        "txt": preview.fill_sample(rendered.text, rendered.slots, READER).encode(),
        "eml": mime.write(rendered.message, preview.samples(READER)).raw,
    }


def write() -> None:
    """Write every letter anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, letter in letters().items():
        for ending, content in files(letter).items():
            (FOLDER / f"{name}.{ending}").write_bytes(content)


if __name__ == "__main__":
    write()
