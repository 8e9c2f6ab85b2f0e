"""What a page wants of whoever asks for it, and how the newsletter is found that a request is about."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.starting import issue_template
from models.manuscript import article_edit
from models.staff.permission import Permission

from ..request import session

Finder = Callable[[], int | None]
"""Finds the newsletter that a request is about; None where what it names is not there."""


class AccessPlace(enum.Enum):
    """What a page is about that is not about one newsletter."""

    PUBLIC = "everybody"
    """Before somebody has logged in."""
    OWN_ACCOUNT = "own account"
    """Whoever is logged in, also without any role."""
    ANY = "any newsletter"
    """Those who may do this with at least one; what the page shows is kept to those newsletters."""
    ALL = "all newsletters"
    """Those who may do this with all of them: what they share."""


@dataclass(frozen=True)
class AccessRule:
    """What a page wants of the person who asks for it."""

    permission: Permission | None
    """None where being there is enough: see :attr:`AccessPlace.PUBLIC` and :attr:`AccessPlace.OWN_ACCOUNT`."""
    place: AccessPlace | Finder
    step_up: bool = False
    """Whether the person proves anew who they are before it is done: see :mod:`.account.step_up`."""


def of_issue() -> int | None:
    """The newsletter of the issue that the address names."""
    issue_id: int = (request.view_args or {})["issue_id"]
    return issues.newsletter_id(session(), issue_id)


def of_article() -> int | None:
    """The newsletter of the article that the address names."""
    return article_edit.newsletter_id(session(), (request.view_args or {})["article_id"])


def of_template() -> int | None:
    """The newsletter of the template that the address names."""
    return issue_template.newsletter_id(session(), (request.view_args or {})["template_id"])


def of_slug() -> int | None:
    """The newsletter whose slug the address names."""
    return newsletters.known_id(session(), (request.view_args or {})["slug"])
