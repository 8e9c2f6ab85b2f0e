"""The requirements files carry every dependency with its hashes, and no address of any registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRA = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def pinned(name: str) -> dict[str, Version]:
    """The packages of a requirements file with their versions."""
    lines = (ROOT / name).read_text().splitlines()
    found = [re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line) for line in lines]
    return {canonicalize_name(match[1]): Version(match[2]) for match in found if match}


@pytest.mark.parametrize(
    ("name", "needed"), [("requirements.txt", NEEDED + EXTRA), ("requirements-production.txt", NEEDED)]
)
def test_every_dependency_is_pinned(name: str, needed: list[Requirement]) -> None:
    versions = pinned(name)
    missing = [
        str(requirement)
        for requirement in needed
        if (version := versions.get(canonicalize_name(requirement.name))) is None
        or not requirement.specifier.contains(version, prereleases=True)
    ]
    assert missing == [], "run: make requirements"


def test_production_has_what_was_tested() -> None:
    tested = pinned("requirements.txt")
    assert {name: tested.get(name) for name in pinned("requirements-production.txt")} == pinned(
        "requirements-production.txt"
    )


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-production.txt"])
def test_every_package_has_hashes_and_none_an_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
    packages = re.split(r"\n(?=[a-z0-9])", text)
    assert [package.split("\n")[0] for package in packages[1:] if "--hash=sha256:" not in package] == []
