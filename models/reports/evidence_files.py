"""Reading the files that go with a ranking's evidence, as strangers' programs have saved them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from ..store.errors import Invalid
from .hit_export import COLUMNS, HitRow

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NO_HITS = "these are no exported hits: the first line must name the columns"


def read_text(file: Path) -> str:
    """A file's text. Windows writes UTF-16 where output goes to a file, and spreadsheets put a mark before UTF-8.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no text.
    """
    return file.read_text(_encoding(file))


def no_numbers(value: Any) -> Iterator[str]:
    """What never stands in a sheet or reach file: true and fractions, which Python takes for equal to 1 and 1.0."""
    if isinstance(value, bool | float):
        yield f"{json.dumps(value)} stands where a whole number belongs"
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from no_numbers(part)


def read_json(file: Path) -> dict[str, Any]:
    """A sheet or a reach file. Of a name that stands there twice people may read the one and a program the other.

    Raises:
        Invalid: it is none, or not everybody reads the same in it.
    """
    try:
        found = json.loads(read_text(file), object_pairs_hook=_once, parse_constant=_refuse)
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid("this is no evidence sheet", file=str(file)) from error
    if not isinstance(found, dict):
        raise Invalid("this is no evidence sheet", file=str(file))
    return found


def read_rows(file: Path) -> Iterator[HitRow]:
    """The hits of a CSV file.

    Raises:
        Invalid: its columns are not those of an export.
    """
    try:
        with file.open(encoding=_encoding(file), newline="") as opened:
            reader = csv.reader(opened)
            if tuple(next(reader, ())) != COLUMNS:
                raise Invalid(_NO_HITS, file=str(file), line=1)
            for values in filter(None, reader):
                if len(values) != len(COLUMNS):
                    raise Invalid("this line is not whole", file=str(file), line=reader.line_num)
                yield HitRow(*values)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid(_NO_HITS, file=str(file)) from error


def _encoding(file: Path) -> str:
    with file.open("rb") as opened:
        return "utf-16" if opened.read(2) in _UTF16_MARKS else "utf-8-sig"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
