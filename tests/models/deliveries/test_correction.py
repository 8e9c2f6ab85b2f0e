"""Corrections: who gets what was repaired, who gets a correction, and where a mended link leads."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import settings
from models.archive import published, search
from models.deliveries import correction, preparation
from models.deliveries.correction import OnTheWire
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Edition, Link
from models.deliveries.letters import unknown as unknown_deliveries
from models.issues import approval, repair, workflow
from models.issues import issue as issues
from models.issues.block import Heading, Only, Prose, conditions
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.readers import suppression
from models.readers.subscriber import Subscription, SubscriptionState
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.member import Member
from models.staff.permission import Role
from models.store.errors import Forbidden, Invalid, NotFound, WrongState
from templates.content import digest
from tests.sample import make_newsletter, make_reader

OFFICIALS = Only(audiences=("official",))
WRONG = (Heading(text="お知らせ"), Prose(text="締切は3月1日です。"), Prose(text="職員の方へ", only=OFFICIALS))
RIGHT = (Heading(text="お知らせ"), Prose(text="締切は3月10日です。"), Prose(text="職員の方へ", only=OFFICIALS))
STATES = [
    DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.BOUNCED,
    DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.QUEUED,
]  # fmt: skip


def edition(text: str, **values: object) -> Edition:
    digest = sha256(text.encode()).hexdigest()
    return Edition(frozen=text.encode(), html=text, text=text, size=len(text), digest=digest, **values)


def prepare(session: Session, issue: Issue) -> list[int]:
    """Freeze an issue with an edition for each of its conditions; the readers who have a delivery, in order."""
    wanted = conditions(issue.blocks)
    groups = preparation.freeze(session, issue, wanted, 100, {})
    session.add_all(
        edition(f"{issue.subject} {met}", issue_id=issue.id, number=number, variant={"met": met})
        for met, number in {group.met: group.edition for group in groups}.items()
    )
    issue.state = IssueState.PREPARING
    issue.begin_sending()
    session.flush()
    return sorted(session.scalars(select(Delivery.subscriber_id).where(Delivery.issue_id == issue.id)))


@pytest.fixture
def staff(session: Session) -> dict[Role, Member]:
    return {role: members.create(session, f"{role.value}@example.jp", role.value, {role}) for role in Role}


@pytest.fixture
def readers(session: Session, staff: dict[Role, Member]) -> list[Subscription]:
    """Six readers; the first, and every third after it, is an official."""
    newsletter = make_newsletter(session)
    officials = newsletter.audiences[0].id
    return [
        make_reader(session, newsletter, f"reader{n}@example.jp") if n % 3
        else _in_audience(make_reader(session, newsletter, f"reader{n}@example.jp"), officials)
        for n in range(6)
    ]  # fmt: skip


def _in_audience(subscription: Subscription, audience_id: int) -> Subscription:
    subscription.audience_id = audience_id
    return subscription


@pytest.fixture
def paused(session: Session, readers: list[Subscription], staff: dict[Role, Member]) -> Issue:
    """An issue that was paused on its way: two letters are out, one came back, three wait."""
    session.flush()
    issue = issues.create(session, readers[0].newsletter, subject="春の号", blocks=WRONG,
                          author_id=staff[Role.AUTHOR].id)  # fmt: skip
    found = prepare(session, issue)
    assert len(found) == len(STATES)
    for reader, state in zip(found, STATES, strict=True):
        session.execute(update(Delivery).where(Delivery.subscriber_id == reader).values(state=state))
    session.add(Link(issue_id=issue.id, number=1, url="https://example.jp/wrong", kind="button"))
    session.add(Link(issue_id=issue.id, number=2, url="https://example.jp/archive", kind="honeypot"))
    issue.pause()
    session.flush()
    return issue


def renewed(session: Session, issue: Issue) -> dict[int, Edition]:
    used = [row for row in correction.list_editions(session, issue) if row.superseded_at is None]
    return {row.number: edition(f"{issue.digest} {row.number}") for row in used}


def change(session: Session, issue: Issue, staff: dict[Role, Member]) -> None:
    repair.change(issue, blocks=RIGHT)
    workflow.approve(session, issue, staff[Role.APPROVER], digest.of(session, issue))


def editions_of(session: Session, issue: Issue) -> list[int]:
    query = select(Delivery.edition).where(Delivery.issue_id == issue.id).order_by(Delivery.subscriber_id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def test_only_a_paused_issue_is_repaired(session: Session, paused: Issue) -> None:
    workflow.resume(session, paused, "test")
    with pytest.raises(WrongState, match="Pause it first"):
        repair.change(paused, blocks=RIGHT)


def test_who_gets_what_stays_as_it_was(session: Session, paused: Issue) -> None:
    with pytest.raises(Invalid, match="audience"):
        repair.change(paused, audience="official")
    with pytest.raises(Invalid, match="for whom"):
        repair.change(paused, blocks=WRONG[:2])
    repair.change(paused, blocks=RIGHT, audience="", language="ja")
    assert paused.blocks == RIGHT


def test_the_issue_goes_on_only_once_its_repair_is_applied(
    session: Session, paused: Issue, staff: dict[Role, Member]
) -> None:
    repair.change(paused, blocks=RIGHT)
    with pytest.raises(WrongState, match="applied first"):
        workflow.resume(session, paused, "test")
    with pytest.raises(WrongState, match="not approved"):
        repair.request(session, paused, "test", digest.of(session, paused))
    workflow.approve(session, paused, staff[Role.APPROVER], digest.of(session, paused))
    assert paused.state is IssueState.PAUSED
    repair.request(session, paused, "test", digest.of(session, paused))
    assert list(repair.enqueue_requested(session)) == [paused.id]
    with pytest.raises(WrongState):
        workflow.resume(session, paused, "test")
    correction.apply_repair(session, paused, renewed(session, paused), (), digest.of(session, paused))
    assert list(repair.enqueue_requested(session)) == []
    workflow.resume(session, paused, "test")
    assert paused.state is IssueState.SENDING


def test_a_repair_taken_back_needs_nothing(session: Session, paused: Issue) -> None:
    repair.change(paused, blocks=RIGHT)
    repair.change(paused, blocks=WRONG)
    workflow.resume(session, paused, "test")


def test_old_approvals_do_not_count_for_new_content(session: Session, paused: Issue, staff: dict[Role, Member]) -> None:
    change(session, paused, staff)
    repair.change(paused, blocks=(*RIGHT[:1], Prose(text="締切は3月11日です。"), *RIGHT[2:]))
    with pytest.raises(WrongState, match="not approved"):
        correction.apply_repair(session, paused, renewed(session, paused), (), digest.of(session, paused))


def test_a_repair_is_sent_back_with_a_note(session: Session, paused: Issue, staff: dict[Role, Member]) -> None:
    change(session, paused, staff)
    approval.send_back(session, paused, staff[Role.APPROVER], digest.of(session, paused), "日付をもう一度")
    assert paused.state is IssueState.PAUSED
    assert approval.progress(session, paused, digest.of(session, paused)).yeses == []


def test_whoever_repaired_cannot_approve(session: Session, paused: Issue) -> None:
    both = members.create(session, "both@example.jp", "both", {Role.AUTHOR, Role.APPROVER})
    repair.change(paused, blocks=RIGHT)
    paused.editor_id = both.id
    with pytest.raises(Forbidden):
        workflow.approve(session, paused, both, digest.of(session, paused))


def test_letters_not_yet_sent_move_to_new_editions(session: Session, paused: Issue, staff: dict[Role, Member]) -> None:
    before = editions_of(session, paused)
    change(session, paused, staff)
    links = [Link(issue_id=paused.id, number=n, url="https://example.jp/new", kind="button") for n in (1, 3)]
    assert correction.apply_repair(session, paused, renewed(session, paused), links, digest.of(session, paused)) == 3
    after = editions_of(session, paused)
    assert after[:3] == before[:3]
    assert all(new > 2 for new in after[3:])
    rows = correction.list_editions(session, paused)
    assert [row.superseded_at is None for row in rows] == [False, False, True, True]
    assert [row.variant for row in rows[:2]] == [row.variant for row in rows[2:]]
    urls = {link.number: link.url for link in correction.list_links(session, paused)}
    assert urls == {1: "https://example.jp/wrong", 3: "https://example.jp/new"}
    assert (paused.in_repair, paused.frozen_digest) == (False, paused.digest)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "apply repair")).one()
    assert entry.detail["letters"] == 3


def test_an_edition_that_says_the_same_stays(session: Session, paused: Issue, staff: dict[Role, Member]) -> None:
    change(session, paused, staff)
    first, second = correction.list_editions(session, paused)
    same = edition("x")
    same.digest = first.digest
    correction.apply_repair(session, paused, {1: same, 2: edition("other")}, (), digest.of(session, paused))
    assert (first.superseded_at, second.superseded_at is None) == (None, False)
    assert [row.number for row in correction.list_editions(session, paused)] == [1, 2, 3]


def test_nothing_is_changed_while_letters_are_on_the_wire(
    session: Session, paused: Issue, staff: dict[Role, Member]
) -> None:
    change(session, paused, staff)
    session.execute(
        update(Delivery)
        .where(Delivery.issue_id == paused.id, Delivery.state == DeliveryState.DEFERRED)
        .values(state=DeliveryState.SENDING)
    )
    with pytest.raises(OnTheWire):
        correction.apply_repair(session, paused, renewed(session, paused), (), digest.of(session, paused))


def test_an_unknown_letter_is_sent_again_repaired(session: Session, paused: Issue, staff: dict[Role, Member]) -> None:
    change(session, paused, staff)
    correction.apply_repair(session, paused, renewed(session, paused), (), digest.of(session, paused))
    unknown = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.UNKNOWN)).one()
    old = unknown.edition
    unknown_deliveries.resend(session, paused, unknown.subscriber_id, by="test")
    assert unknown.edition == old + 2


def test_a_correction_goes_to_those_who_got_what_was_wrong(
    session: Session, paused: Issue, staff: dict[Role, Member]
) -> None:
    change(session, paused, staff)
    correction.apply_repair(session, paused, renewed(session, paused), (), digest.of(session, paused))
    workflow.resume(session, paused, "test")
    session.execute(
        update(Delivery).where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)))
        .values(state=DeliveryState.ACCEPTED)
    )  # fmt: skip
    made = correction.draft(session, paused, "締切の日付が誤っていました。", staff[Role.AUTHOR])
    assert (made.kind, made.correction_of_id, made.state) == (IssueKind.CORRECTION, paused.id, IssueState.DRAFT)
    assert (made.subject, made.blocks) == ("【訂正】春の号", RIGHT)
    everyone = sorted(session.scalars(select(Subscription.subscriber_id)))
    assert correction.count_readers(session, paused) == 2
    assert prepare(session, made) == everyone[:2]
    everybody = correction.draft(session, paused, "もう一つ誤りがありました。", None, everybody=True)
    assert correction.count_readers(session, paused, everybody=True) == 5
    assert prepare(session, everybody) == [*everyone[:2], *everyone[3:]]


def test_a_correction_of_what_was_never_repaired_goes_to_all_who_got_it(
    session: Session, paused: Issue, readers: list[Subscription]
) -> None:
    with pytest.raises(WrongState, match="Repair it while"):
        correction.draft(session, paused, "誤りがありました。", None)
    session.execute(
        update(Delivery).where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)))
        .values(state=DeliveryState.ACCEPTED)
    )  # fmt: skip
    workflow.resume(session, paused, "test")
    paused.finish()
    gone, barred = readers[3], readers[4]
    gone.state = SubscriptionState.ENDED
    suppression.suppress(session, barred.subscriber.address_key, suppression.SuppressionReason.COMPLAINED)
    made = correction.draft(session, paused, "誤りがありました。", None)
    got = [reader.subscriber_id for reader in readers]
    assert prepare(session, made) == [*got[:2], *got[4:]]
    left_out = session.scalars(select(Delivery).where(Delivery.issue_id == made.id,
                               Delivery.state == DeliveryState.SUPPRESSED)).all()  # fmt: skip
    assert [row.subscriber_id for row in left_out] == [barred.subscriber_id]


@pytest.mark.parametrize("note", ["", " \n ", "長" * 2001])
def test_a_correction_says_what_was_wrong(session: Session, paused: Issue, note: str) -> None:
    paused.state = IssueState.SENT
    with pytest.raises(Invalid):
        correction.draft(session, paused, note, None)


def test_the_archive_does_not_show_what_is_not_approved(
    session: Session, paused: Issue, staff: dict[Role, Member]
) -> None:
    newsletter = paused.newsletter
    assert published.issues(session, newsletter).total == 1
    repair.change(paused, subject="未決裁の件名")
    session.flush()
    assert published.issues(session, newsletter).total == 0
    assert search.find(session, newsletter, "未決裁").total == 0
    assert published.issue(session, newsletter, paused.number).in_repair


def test_a_stamp_changes_no_digest(session: Session, paused: Issue) -> None:
    before = paused.digest
    correction.set_archive_note(session, paused, " 締切の日付が誤っていました。\r\n", "test")
    assert paused.correction_note == "締切の日付が誤っていました。"
    assert paused.digest == before
    correction.set_archive_note(session, paused, "", "test")
    assert paused.correction_note == ""


def test_neither_a_draft_nor_a_correction_is_stamped(session: Session, paused: Issue) -> None:
    draft = issues.create(session, paused.newsletter, subject="次号")
    with pytest.raises(WrongState):
        correction.set_archive_note(session, draft, "誤り", "test")
    paused.state = IssueState.SENT
    made = correction.draft(session, paused, "誤りがありました。", None)
    prepare(session, made)
    with pytest.raises(Invalid):
        correction.set_archive_note(session, made, "これも誤り", "test")
    assert made.correction_note == "誤りがありました。"


def test_a_link_is_mended_and_unmended(session: Session, paused: Issue) -> None:
    link = correction.correct_link(session, paused, 1, " https://example.jp/日程?page=1 ", "test")
    assert link.corrected_url == "https://example.jp/日程?page=1"
    assert correction.correct_link(session, paused, 1, "", "test").corrected_url == ""
    assert session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "relink")).all() == [
        {"number": 1, "url": "https://example.jp/日程?page=1"}, {"number": 1, "url": "https://example.jp/wrong"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://example.jp/", "//example.jp", "/path", "example.jp", "https://",
        "https:///path", "https://example.jp/a b", "https://example.jp/\r\nSet-Cookie: x", "https://example.jp/\x00",
        "https://example.jp\\@evil.example", 'https://example.jp/"', "https://[::1", "mailto:ict@example.lg.jp",
        "https://example.jp/" + "x" * 2000,
    ],
)  # fmt: skip
def test_a_link_leads_to_web_pages_only(session: Session, paused: Issue, url: str) -> None:
    with pytest.raises(Invalid, match="address"):
        correction.correct_link(session, paused, 1, url, "test")


def test_a_link_does_not_lead_in_a_circle(session: Session, paused: Issue) -> None:
    with pytest.raises(Invalid, match="tracked"):
        correction.correct_link(session, paused, 1, f"{settings.get().base_url}/c/1/{'A' * 32}", "test")


@pytest.mark.parametrize("number", [0, 2, 99, -1])
def test_only_links_for_people_are_mended(session: Session, paused: Issue, number: int) -> None:
    with pytest.raises(NotFound):
        correction.correct_link(session, paused, number, "https://example.jp/", "test")
