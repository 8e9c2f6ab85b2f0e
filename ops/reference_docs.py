"""Reference pages made from the code itself: ``python -m ops.reference_docs`` writes them, a test compares them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import click
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from werkzeug.routing import Rule

import settings
from models.staff.permission import PERMISSIONS_OF, Permission, Role
from ops.cli import kairan
from settings import Settings
from web.app import create_app
from web.dev import mailbox
from web.staff.access_rule import AccessPlace
from web.staff.access_table import RULES

DOCS = Path(__file__).parent.parent / "docs"
WIDTH = 100
TRACKING_ROUTES = (
    ("GET", "/c/{number}/{token}", "Note a click and redirect to the link with that number of the token's issue."),
    ("GET", "/o/{token}.gif", "Note an open and answer a transparent picture."),
)
"""What :mod:`web.track` answers before Flask."""
ROLE_NAMES = {
    Role.AUTHOR: "起案",
    Role.APPROVER: "決裁",
    Role.SENDER: "配信",
    Role.ANALYST: "分析",
    Role.ADMINISTRATOR: "管理",
}
_MADE = "<!-- Made by scripts/docs. Change the code instead. -->"


def settings_page() -> str:
    """Every setting."""
    rows = [
        f"| `{name.upper()}` | {_type(field)} | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            _MADE,
            "",
            "A setting is an environment variable, or a file of the same name in small letters in `/run/secrets`.",
            "`kairan doctor` says what is set and whether it works.",
            "",
            "| variable | type | default | why |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _type(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    plain = {str: "text", int: "number", float: "number", bool: "true or false", SecretStr: "secret text"}
    return next((word for kind, word in plain.items() if field.annotation is kind), _structure(field))


def _structure(field: FieldInfo) -> str:
    kind = str(field.annotation)
    return "path" if "Path" in kind else "JSON object" if kind.startswith("dict") else "JSON list"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    if field.default is None:
        return "empty"
    value = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`")


def commands_page() -> str:
    """Every command with its help."""
    parts = ["# Commands", _MADE, ""]
    top = click.Context(
        kairan, info_name="kairan", terminal_width=WIDTH, max_content_width=WIDTH, **kairan.context_settings
    )
    for context in _contexts(top):
        # A command keeps the names of its help option from whoever asked first, which may be a test that has no `-h`.
        context.command._help_option = None
        help_text = "\n".join(line.rstrip() for line in context.command.get_help(context).splitlines())
        parts += [f"## {context.command_path}", "", "```", help_text, "```", ""]
    return "\n".join(parts)


def _contexts(context: click.Context) -> Iterator[click.Context]:
    """A command and all below it."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            found = context.command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _contexts(click.Context(found, info_name=name, parent=context))


def routes_page() -> str:
    """Every address that the web server answers."""
    app = create_app()
    if mailbox.blueprint.name not in app.blueprints:  # they are there only where letters are caught
        app.register_blueprint(mailbox.blueprint)
    rows = [(method, path, "", words) for method, path, words in TRACKING_ROUTES]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if rule.endpoint != "static":
            view = app.view_functions[rule.endpoint]
            path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
            rows.append((_methods(rule), path, _may(rule.endpoint), _first(view.__doc__)))
    return "\n".join(
        [
            "# Addresses of the web server",
            _MADE,
            "",
            "`GET` answers `HEAD` too. No `GET` changes anything, but that the first evidence of a ranking makes "
            "the key that signs it, and that who comes back from the identity provider is logged in. The permission "
            "is one of [those that roles give](permissions.md), for the newsletter that the page is about.",
            "",
            "| method | address | permission | what it does |",
            "|---|---|---|---|",
            *(f"| {methods} | `{path}` | {who} | {_cell(words)} |" for methods, path, who, words in rows),
            "",
        ]
    )


def _may(endpoint: str) -> str:
    """Who may ask for a page; empty where everybody may."""
    line = RULES.get(endpoint)
    if line is None or line.place is AccessPlace.PUBLIC:
        return ""
    if line.permission is None:
        return line.place.value if isinstance(line.place, AccessPlace) else ""
    reach = f", {line.place.value}" if isinstance(line.place, AccessPlace) else ""
    return line.permission.value + reach + (", second factor anew" if line.step_up else "")


def permissions_page() -> str:
    """Which role gives which permission."""
    names = [f"{role.value} {ROLE_NAMES[role]}" for role in Role]
    rows = [
        f"| {permission.value} | {' | '.join('○' if permission in PERMISSIONS_OF[role] else '' for role in Role)} |"
        for permission in Permission
    ]
    return "\n".join(
        [
            "# Roles and what they may do",
            _MADE,
            "",
            "A person has roles for one newsletter or for all of them (`kairan staff roles ADDRESS --role ROLE "
            "--newsletter SLUG`), and may have several. Whoever has none sees nothing but their own account. What "
            "belongs to a newsletter for which somebody has no role is, for them, not there: in lists, counts, "
            "searches and by its address.",
            "",
            "Who writes does not approve, who approves does not send, and who administrates does none of these; a "
            "small office gives one person several roles. Nobody approves what they wrote themselves, whatever their "
            "roles are. One active administrator of all newsletters is always left.",
            "",
            f"| | {' | '.join(names)} |",
            f"|---|{'---|' * len(names)}",
            *rows,
            "",
            "Which page wants which permission stands in [routes.md](routes.md).",
            "",
        ]
    )


def _methods(rule: Rule) -> str:
    return " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def _first(text: str | None) -> str:
    """The first sentence of a docstring, as one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "routes.md": routes_page,
    "permissions.md": permissions_page,
}


def write() -> None:
    """Write all pages."""
    if not settings.get().secret_key.get_secret_value():
        settings.reload(SECRET_KEY="nothing is signed while these pages are written")  # noqa: S106
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
