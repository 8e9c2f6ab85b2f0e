"""The reliability of verdicts as a picture and as a table, from a report of the simulator.

``python -m tests.simulator --seeds 101-104 --copies 2000 --by-kind --json report.json``, then
``python -m benchmarks.reliability report.json`` writes ``docs/pictures/reliability.svg`` and prints the table of
``docs/verdicts.md``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "reliability.svg"
_SIZE, _LEFT, _LOW = 360, 60, 60
"""Pixels of the plot, and of the lowest certainty in percent."""


def _place(percent: float) -> float:
    return _SIZE * (percent - _LOW) / (100 - _LOW)


def picture(calibration: dict[str, tuple[int, int]]) -> str:
    """The plot as SVG: how often verdicts were right, by how sure they were.

    Arguments:
        calibration: by the lower end of ten percent of certainty, how many were right, and of how many.
    """
    height = _SIZE + 100
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE + 120} {height}" font-family="sans-serif" '
        'font-size="13"><rect width="100%" height="100%" fill="#fff"/>',
        f'<g transform="translate({_LEFT},20)"><path d="M0 0V{_SIZE}H{_SIZE}" fill="none" stroke="#333"/>',
        f'<path d="M0 {_SIZE}L{_SIZE} 0" stroke="#999" stroke-dasharray="4 4"/>',
    ]
    for percent in range(_LOW, 101, 10):
        x = _place(percent)
        parts.append(f'<text x="{x}" y="{_SIZE + 18}" text-anchor="middle">{percent}</text>')
        parts.append(f'<text x="-8" y="{_SIZE - x + 4}" text-anchor="end">{percent}</text>')
    for low, (right, whole) in sorted(calibration.items()):
        x, y = _place(int(low) + 5), _SIZE - _place(100 * right / whole)
        parts.append(f'<circle cx="{x}" cy="{y:.1f}" r="5" fill="#06c"/>')
        parts.append(f'<text x="{x}" y="{y + 22:.1f}" text-anchor="middle">{whole:,}</text>')
    parts.append(f'<text x="{_SIZE / 2}" y="{_SIZE + 42}" text-anchor="middle">sure by (percent)</text>')
    parts.append(
        f'<text x="-42" y="{_SIZE / 2}" text-anchor="middle" transform="rotate(-90 -42 {_SIZE / 2})">'
        "right (percent)</text>"
    )
    return "".join(parts) + "</g></svg>\n"


def table(kinds: dict[str, Any]) -> str:
    """Precision and recall by kind as Markdown; an asterisk where some hits of a kind cannot be told."""
    lines = ["| kind | hits | clicks | opens | pairs |", "|---|---|---|---|---|"]
    for name, found in sorted(kinds.items()):
        cells = [_cell(found["all"][what]) for what in ("clicks", "opens", "pairs")]
        star = "*" if found["untellable"] else ""
        lines.append(f"| {name.replace('_', ' ')}{star} | {found['hits']:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: dict[str, Any]) -> str:
    return " / ".join(
        "–" if found[which]["value"] is None else f"{found[which]['value']:.3f}" for which in ("precision", "recall")
    )


def main() -> None:
    """Write the picture, and print the table."""
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    PICTURE.write_text(picture(report["total"]["calibration"]), "utf-8")
    print(table(report["kinds"]))


if __name__ == "__main__":
    main()
