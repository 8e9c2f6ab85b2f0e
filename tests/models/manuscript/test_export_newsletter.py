"""Newsletters to YAML files and back: the file that is written makes the newsletter what it was."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter, Tracking
from models.issues.review import route_edit
from models.issues.review.approval_route import ALL, ApprovalRoute, RouteStep, of_number
from models.manuscript import front_matter
from models.manuscript.import_issue import ImportAction
from models.manuscript.newsletter_file.export_newsletter import newsletter_file
from models.manuscript.newsletter_file.import_newsletter import (
    DATA,
    LINES,
    SWITCHES,
    TEXTS,
    import_newsletter,
    import_text,
)
from models.staff import member as members
from models.staff.permission import Role
from models.store.errors import Invalid
from tests.sample import make_newsletter

from .conftest import Write
from .strategies import lines, slugs, texts
from .test_import_newsletter import GOOD

KEY = {"domain": "example.lg.jp", "selector": "k1", "key_file": "dkim/k1.pem"}
LEGAL = ("name", "sender_name", "sender_address", "postal_address", "contact")
words = lines.map(str.strip).filter(lambda text: 0 < len(text) < 190)


def content(one: Newsletter) -> dict[str, object]:
    """All that a newsletter is."""
    columns = {name: getattr(one, name) for name in (*LINES, *TEXTS, *SWITCHES, *DATA, "language", "approvals_needed")}
    return {**columns, "tracking": one.tracking, "topics": rows(one.topics), "audiences": rows(one.audiences)}


def rows(found: list) -> list[tuple[str, str]]:
    return [(row.slug, row.name) for row in sorted(found, key=lambda row: row.position)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.fixed_dictionaries(
        dict.fromkeys(LEGAL, words),
        optional={name: texts.map(str.strip) for name in TEXTS if name not in LEGAL},
    ),
    switches=st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
    tracking=st.sampled_from(Tracking),
    topics=st.dictionaries(slugs, words, max_size=4),
)
def test_what_is_exported_is_imported_as_it_was_case_h9(
    session: Session, write: Write, values: dict, switches: dict, tracking: Tracking, topics: dict
) -> None:
    with session.begin_nested() as nested:
        made, _ = import_newsletter(session, write("first.yaml", GOOD.replace("slug: ict", "slug: other")))
        for name, value in {**values, **switches, "tracking": tracking, "dkim": [KEY]}.items():
            setattr(made, name, value)
        session.flush()
        more = front_matter.dump({"slug": "other", "topics": dict(rows(made.topics)) | topics})
        import_newsletter(session, write("topics.yaml", more))
        before, file = content(made), newsletter_file(made)
        assert import_newsletter(session, write("same.yaml", file))[1] is ImportAction.UNCHANGED
        copy, done = import_newsletter(session, write("copy.yaml", file.replace("slug: other", "slug: copy", 1)))
        assert (content(copy), done) == (before, ImportAction.CREATED)
        for name in (*TEXTS, "reply_to"):
            setattr(made, name, "別の文")
        assert import_newsletter(session, write("back.yaml", file))[1] is ImportAction.UPDATED
        assert content(made) == before
        nested.rollback()


def test_a_file_says_where_keys_lie_and_no_key_case_h9(session: Session, write: Write) -> None:
    made, _ = import_newsletter(session, write("n.yaml", GOOD))
    made.dkim = [KEY, {**KEY, "private": "-----BEGIN PRIVATE KEY-----"}, "nonsense"]
    file = newsletter_file(made)
    assert "PRIVATE" not in file
    assert file.count("key_file: dkim/k1.pem") == 2


def test_a_file_with_slug_and_key_alone_is_enough_case_h9(session: Session, write: Write) -> None:
    made, _ = import_newsletter(session, write("n.yaml", GOOD))
    before = content(made)
    key = "dkim:\n  - {domain: example.lg.jp, selector: k1, key_file: dkim/k1.pem}\n"
    assert import_newsletter(session, write("key.yaml", f"slug: ict\n{key}"))[1] is ImportAction.UPDATED
    assert content(made) == {**before, "dkim": [KEY]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slug: ict\ncontact: ''\n", "“contact” is missing"),
        ("slug: new\ndkim: []\n", "“name” is missing"),
        ("slug: ict\ndkim:\n  - {domain: example.lg.jp}\n", "n.yaml:2: each key of “dkim” has domain, selector"),
        ("slug: ict\ndkim: [k1]\n", "n.yaml:2: each key of “dkim”"),
    ],
)
def test_what_a_letter_needs_stays_needed_case_h9(session: Session, write: Write, text: str, said: str) -> None:
    import_newsletter(session, write("n.yaml", GOOD))
    with pytest.raises(Invalid) as caught:
        import_newsletter(session, write("n.yaml", text))
    assert said in str(caught.value)


def test_routes_are_taken_along_with_people_by_their_addresses(session: Session) -> None:
    made = make_newsletter(session)
    people = [members.create(session, f"{name}@example.jp", name, {Role.APPROVER}).id for name in ("ann", "ben")]
    named = ApprovalRoute(steps=(RouteStep(name="課長", approvers=tuple(people), needed=ALL), RouteStep()))
    route_edit.set_route(session, made, IssueKind.REGULAR, named, "test")
    route_edit.set_route(session, made, IssueKind.CORRECTION, of_number(1), "test")
    file, before = newsletter_file(made), made.approval_routes
    assert "ann@example.jp" in file
    assert import_text(session, file, "n.yaml")[1] is ImportAction.UNCHANGED
    made.approval_routes = {"regular": []}
    assert import_text(session, file, "n.yaml")[1] is ImportAction.UPDATED
    assert made.approval_routes == before
    for old, new, said in (
        ("ann@example.jp", "nobody@example.jp", "nobody on the staff has the address nobody@example.jp"),
        ("needed: all", "needed: 3", "3 of 2 people cannot say yes"),
        ("needed: all", "needed: many", "cannot be read"),
        ("needed: all", "wanted: 1", "a step has"),
        ("correction:", "letter:", "a list of steps"),
    ):
        with pytest.raises(Invalid, match=f"^n.yaml:.*{said}"):
            import_text(session, file.replace(old, new), "n.yaml")
    plain = file[: file.index("approval_routes:")] + file[file.index("look:") :]
    import_text(session, plain.replace("approvals_needed: 3", "approvals_needed: 2"), "n.yaml")
    assert made.approval_routes["regular"] == of_number(2).stored(), "a number is a route, too"
    assert "correction" in made.approval_routes, "what a file leaves out stays"
