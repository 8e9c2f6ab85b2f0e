"""An issue to write."""

from __future__ import annotations

import pytest
from flask import Flask

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.store import db


@pytest.fixture
def issue_id(app: Flask) -> int:
    with db.session_scope() as session:
        blocks = (Prose(text="保存された文。"),)
        return issues.create(session, newsletters.single(session), subject="今月の号", blocks=blocks).id
