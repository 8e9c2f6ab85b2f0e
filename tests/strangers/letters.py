"""Letters for strangers: issues that hypothesis makes up, and every kind of single letter; with what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from models.store.errors import KairanError
from templates.content.letter import Letter
from templates.message import mime
from templates.message.stamp import Reader, slot_values
from templates.render import edition
from templates.transactional import render
from tests.templates import sample_letters
from tests.templates.letter_strategies import letters
from tests.templates.text_strategies import WORDS, addresses
from tests.templates.transactional.test_render import EVERY, MOMENT, VALUES

names = st.lists(st.sampled_from(WORDS), max_size=5).map("".join)


class Made(NamedTuple):
    """A letter, and what it must say to everybody who reads it."""

    raw: bytes
    said: dict[str, Any]


def make(count: int, *, number: int = 1) -> list[Made]:
    """So many letters, the same ones for the same *number*."""
    made: list[Made] = list(_single_letters())

    @seed(number)
    @settings(max_examples=count * 2, phases=[Phase.generate], database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(letter=letters, to=addresses, name=names, sender=names)
    def collect(letter: Letter, to: str, name: str, sender: str) -> None:
        if len(made) < count:
            embedded = len(made) % 4 == 0
            whole = replace(letter, embed_images=embedded, sender=replace(letter.sender, newsletter="便り" + sender))
            try:
                made.append(_issue(whole, Reader(len(made) + 1, to, name)))
            except KairanError:
                return  # a letter that preflight refuses

    collect()
    return made[:count]


def _issue(letter: Letter, reader: Reader) -> Made:
    rendered = edition.render(letter)
    value_of = slot_values(reader, letter.issue_id, mime.date_value(letter.dated))
    raw = mime.write(rendered.message, value_of).raw

    def filled(text: str) -> str:
        return mime.canonical(mime.fill_slots(mime.split_at_slots(text, rendered.slots), value_of))

    shown = [image for image in letter.images.values() if f"cid:{image.digest[:32]}" in rendered.html]
    pictures = sorted(sha256(image.data).hexdigest() for image in shown)
    said = {"to": reader.address, "from": letter.sender.address, "date": int(letter.dated.timestamp())}
    parts = {"text": filled(rendered.text), "html": filled(rendered.html), "pictures": pictures}
    return Made(raw, said | parts)


def _single_letters() -> Iterator[Made]:
    sender = sample_letters.SENDER
    for number, (kind, language) in enumerate(EVERY, 1):
        written = render.render(
            kind, language, VALUES[kind], to="taro@example.jp", sender=sender, number=number, moment=MOMENT
        )
        said = {"to": "taro@example.jp", "from": sender.address, "date": int(MOMENT.timestamp()), "pictures": []}
        yield Made(written.raw, said)


def store(made: list[Made], folder: Path) -> list[Path]:
    """The letters as files, in order."""
    files = [folder / f"{number:04}.eml" for number in range(len(made))]
    for file, one in zip(files, made, strict=True):
        file.write_bytes(one.raw)
    return files
