"""A group whose commands are imported when they are called, not when their names or help are listed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import click


class LazyGroup(click.Group):
    """A group of commands, some of which are in files that are not imported yet.

    The first paragraph of a command's help stands here, too, so that the list of commands needs no import; a test
    compares both.
    """

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Name → ``module:function`` and the first paragraph of the help."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted([*super().list_commands(context), *self.lazy])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, imported if need be."""
        if name not in self.lazy:
            return super().get_command(context, name)
        command = load(self.lazy[name][0])
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands as click does, without importing them."""
        names = self.list_commands(context)
        limit = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._summary(context, name).get_short_help_str(limit)) for name in names])

    def _summary(self, context: click.Context, name: str) -> click.Command:
        if name in self.lazy:
            return click.Command(name, help=self.lazy[name][1])
        command = super().get_command(context, name)
        assert command is not None
        return command


def load(path: str) -> Any:
    """What ``module:name`` names; the module is imported only now."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
