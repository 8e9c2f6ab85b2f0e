"""What click says of a wrong call, in the reader's language: click itself speaks English alone."""

from __future__ import annotations

import re

import click

from models.store.language import Language
from models.store.phrase import Phrase, joined, phrase

from .spoken import language

_SAYINGS = [
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"No such command '(?P<name>.*)'\.", phrase("There is no command “{name}”.")),
        (r"No such option: (?P<name>\S+)\.?(?P<more>.*)", phrase("There is no option {name}.{more}")),
        (r"Missing command\.", phrase("The command is missing.")),
        (r"Got unexpected extra arguments? \((?P<names>.*)\)", phrase("There is more than the command takes: {names}")),
        (r"Option '(?P<name>.*)' requires an argument\.", phrase("The option {name} wants a value.")),
        (r"Option '(?P<name>.*)' requires (?P<count>\d+) arguments\.",
         phrase("The option {name} wants {count} values.")),
        (r"Option '(?P<name>.*)' does not take a value\.", phrase("The option {name} takes no value.")),
        (r"Argument '(?P<name>.*)' takes (?P<count>\d+) values\.", phrase("The argument {name} wants {count} values.")),
        (r"'(?P<typed>.*)' is not a valid (?:integer|float)(?: range)?\.", phrase("“{typed}” is no number.")),
        (r"'(?P<typed>.*)' is not a valid boolean\..*", phrase("“{typed}” is neither yes nor no.")),
        (r"'(?P<typed>.*)' is not one of (?P<known>.*)\.", phrase("“{typed}” is not known here. Known are: {known}")),
        (r"'(?P<typed>.*)' is not '(?P<known>.*)'\.", phrase("“{typed}” is not known here. Known are: {known}")),
        (r"'(?P<typed>.*)' does not match the formats? (?P<known>.*)\.",
         phrase("“{typed}” is no day or time of the form {known}.")),
        (r"(?P<typed>.*) is not in the range (?P<range>.*)\.", phrase("{typed} is not in the range {range}.")),
        (r"(?:Path|File|Directory) '(?P<name>.*)' does not exist\.", phrase("{name} does not exist.")),
        (r"(?:Path|File|Directory) '(?P<name>.*)' is a directory\.", phrase("{name} is a folder; a file is wanted.")),
        (r"(?:Path|File|Directory) '(?P<name>.*)' is a file\.", phrase("{name} is a file; a folder is wanted.")),
        (r"(?:Path|File|Directory) '(?P<name>.*)' is not readable\.", phrase("{name} cannot be read.")),
        (r"(?:Path|File|Directory) '(?P<name>.*)' is not writable\.", phrase("{name} cannot be written.")),
    )
]  # fmt: skip
"""Sentences of click (8.x), and ours for them."""


class WrongUsage(click.UsageError):
    """A call that cannot be right, in words of ours."""

    def __init__(self, words: Phrase, context: click.Context | None = None) -> None:
        self.words = words
        super().__init__(str(words), context)


def no_text(number: int, context: click.Context) -> WrongUsage:
    """The error for an argument, counted from 1, that holds characters which no text has."""
    words = phrase(
        "Argument {number} holds characters that no text has: bytes that are no UTF-8, control characters, "
        "or private-use ones (外字).",
        number=number,
    )
    return WrongUsage(words, context)


def speak(error: click.ClickException) -> None:
    """Let *error* speak the reader's language once it is shown."""
    spoken = language()
    if spoken != "en":
        error.show = lambda file=None: _show(error, spoken)  # type: ignore[method-assign]


def _show(error: click.ClickException, spoken: Language) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
        click.echo(phrase("Usage: {usage}", usage=usage).say(spoken), err=True)
        if context.help_option_names:
            call = f"{context.command_path} {context.help_option_names[0]}"
            click.echo(phrase("`{call}` tells more.\n", call=call).say(spoken), err=True)
    label = click.style(phrase("Error: ").say(spoken), fg="red", bold=True)
    click.echo(label + words(error).say(spoken), err=True)


def words(error: click.ClickException) -> Phrase:
    """What *error* says."""
    match error:
        case WrongUsage():
            return error.words
        case click.MissingParameter():
            return phrase("{parameter} is missing.", parameter=_called(error))
        case click.BadParameter():
            return phrase("The value of {parameter} is not right: {why}", parameter=_called(error), why=_said(error))
        case _:
            return _said(error)


def _called(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx) if error.ctx else error.param.human_readable_name
    return " / ".join(hint) if isinstance(hint, list | tuple) else str(hint or "")


def _said(error: click.ClickException) -> Phrase:
    message = error.message
    if isinstance(error, click.NoSuchOption):
        message = f"No such option: {error.option_name}"
        if error.possibilities:
            near = ", ".join(sorted(error.possibilities))
            return phrase("There is no option {name}; did you mean {near}?", name=error.option_name, near=near)
    for pattern, sentence in _SAYINGS:
        if match := pattern.fullmatch(message):
            return sentence.filled(**match.groupdict())
    return joined([message], "")
