"""The house stays a house: small files, small folders, and a name for one thing only."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from .source import HOUSE, LAYERS, Module, modules, repository_files

FILES_AT_MOST = 25
LINES_AT_MOST = 320
LINES_AT_MOST_IN_TESTS = 550
NOUNS = {
    "app.py",
    "article.py",
    "audit.py",
    "correction.py",
    "dkim.py",
    "edition.py",
    "errors.py",
    "handover.py",
    "ingest.py",
    "issue.py",
    "language.py",
    "lane.py",
    "live_preview.py",
    "login_session.py",
    "mailbox.py",
    "newsletter.py",
    "preferences.py",
    "preview.py",
    "progress.py",
    "ranking.py",
    "ranking_issue.py",
    "relay.py",
    "repair.py",
    "signup.py",
    "subscriber.py",
    "test_letter.py",
    "transactional.py",
    "unsubscribe.py",
}
"""Nouns of the house that several layers see, each from its side."""
FIXTURE_FOLDERS = ("models/migrations/versions/", "ops/demo/content/", "tests/data/", "docs/decisions/")
"""Folders of content, one file a piece; migrations are one line in time."""


def test_no_folder_has_too_many_files() -> None:
    counts = Counter(path.parent for path in repository_files() if not str(path).startswith(FIXTURE_FOLDERS))
    too_many = {str(folder): count for folder, count in counts.items() if count > FILES_AT_MOST}
    assert too_many == {}, f"at most {FILES_AT_MOST} files: make a room of those that tell one story"


def test_no_file_is_long() -> None:
    long = {str(m.path): lines for m in modules(*HOUSE) if (lines := m.text.count("\n")) > LINES_AT_MOST}
    assert long == {}, f"at most {LINES_AT_MOST} lines, better 250"
    long = {
        str(m.path): n for m in modules("tests", "benchmarks") if (n := m.text.count("\n")) > LINES_AT_MOST_IN_TESTS
    }
    assert long == {}, f"at most {LINES_AT_MOST_IN_TESTS} lines"


def longer_than(limit: int, found: list[Module]) -> dict[str, int]:
    """Files with more lines than that, and how many they have."""
    return {str(module.path): lines for module in found if (lines := module.text.count("\n")) > limit}


def twice(found: dict[str, list[Path]]) -> dict[str, list[str]]:
    """Names that stand for two things in one layer."""
    return {
        name: [str(path) for path in paths]
        for name, paths in found.items()
        if len({path.parts[0] for path in paths}) < len(paths)
    }


def by_file_name(found: list[Module]) -> dict[str, list[Path]]:
    """File names → files, packages left out."""
    names: dict[str, list[Path]] = defaultdict(list)
    for module in found:
        if not module.is_package and module.path.stem != "__main__":
            names[module.path.name].append(module.path)
    return names


def test_a_file_name_stands_once_in_a_layer() -> None:
    """Files of different layers may hold the same noun, such as ``issue.py``."""
    assert twice(by_file_name(modules(*LAYERS))) == {}, "give one of them a name that tells them apart"


def test_what_tests_share_has_a_name_of_its_own() -> None:
    """Tests mirror the house, so that their names come twice where the nouns do; what they share does not."""
    shared = {
        name: paths
        for name, paths in by_file_name(modules("tests", "benchmarks")).items()
        if not name.startswith("test_") and name != "conftest.py"
    }
    assert twice(shared) == {}


def test_files_of_one_name_hold_one_noun() -> None:
    shared = {name for name, paths in by_file_name(modules(*LAYERS)).items() if len(paths) > 1}
    assert shared - NOUNS == set(), "a new noun of the house belongs into NOUNS; anything else needs a name of its own"


def test_a_class_name_stands_once() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules(*HOUSE):
        for found in module.classes:
            places[found.text].append(f"{module.path}:{found.line}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
