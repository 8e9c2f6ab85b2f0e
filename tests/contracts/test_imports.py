"""Who may import whom, as pyproject.toml says; checked by import-linter."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_imports_keep_to_the_house() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_settings_import_nothing_of_the_house() -> None:
    house = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    files = ("settings.py", "setting_checks.py")
    nodes = [node for file in files for node in ast.walk(ast.parse((ROOT / file).read_text()))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert "models" in house
    assert house.isdisjoint(name.split(".")[0] for name in names)


def test_views_hold_no_sql() -> None:
    """Queries stand in models. Only the tracker, which must answer without Flask and its sessions, has its own."""
    tracker = ROOT / "web/track"
    files = [path for path in ROOT.glob("web/**/*.py") if not path.is_relative_to(tracker)]
    queries = [
        f"{path.relative_to(ROOT)}: {alias.name}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "") in ("sqlalchemy", "sqlalchemy.sql")
        for alias in node.names
    ]
    assert ROOT / "web/staff/newsletters/look.py" in files, "sub-folders, too"
    assert queries == []
