"""The command line starts at once: it knows its commands without importing them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click

from ops.cli import kairan
from ops.cli.lazy_group import LazyGroup
from tests.servers import ROOT


def lazy_groups(group: click.Group) -> Iterator[LazyGroup]:
    """*group* and all below it that import their commands late."""
    if isinstance(group, LazyGroup):
        yield group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from lazy_groups(command)


def test_what_a_list_says_is_what_the_command_says() -> None:
    for group in lazy_groups(kairan):
        for name, (_, text) in group.lazy.items():
            command = group.get_command(click.Context(group), name)
            assert command is not None
            assert command.name == name
            assert click.Command(name, help=text).get_short_help_str(500) == command.get_short_help_str(500)


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = "import sys; from ops.cli import kairan; kairan(['--help'], standalone_mode=False); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "subscriber" in answer.stdout
    imported = set(answer.stdout.splitlines()[-1].split())
    assert not imported & {"settings", "sqlalchemy", "pydantic", "celery", "redis", "models"}
