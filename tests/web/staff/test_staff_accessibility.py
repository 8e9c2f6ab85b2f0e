"""Every page of staff, on phone and desktop, light and dark: axe finds nothing serious, nothing sticks out."""

from __future__ import annotations

from io import BytesIO
from itertools import chain

import pytest
from playwright.sync_api import Page
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link
from models.exports import reader_export
from models.exports.reader_export import ExportFormat
from models.imports import import_steps
from models.imports.import_job import ImportState
from models.issues import issue as issues
from models.issues import repair, workflow
from models.issues.block import Heading, Prose
from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.issues.notifications import notification
from models.issues.notifications.notification import NotificationKind
from models.issues.segments import saved_segment
from models.reports.kept import issue_sums, reader_months
from models.staff import invitation
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.store import db
from models.tracking import ingest
from tests.models.deliveries.test_correction import prepare
from tests.models.tracking import sample_newsletter
from tests.sample import make_newsletter, make_reader
from tests.sample_requests import traffic
from tests.web.accessibility import violations
from tests.web.staff_login import EVERY_ROLE, log_in_browser, make_staff


@pytest.fixture
def addresses(live_server: str) -> list[str]:
    """Pages with something on them."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for place in range(3):
            reader = make_reader(session, newsletter, f"reader{place}@example.jp", name="田中 花子").subscriber_id
        blocks = (Heading(text="今月の話題"), Prose(text="説明会は3月1日に開きます。"))
        paused, draft = (
            issues.create(session, newsletter, subject="説明会のお知らせ", preheader="日程", blocks=blocks)
            for _ in "12"
        )
        planned = issues.create(session, newsletter, subject="来週の号", preheader="日程", blocks=blocks)
        planned.state = IssueState.APPROVED
        newsletter.slots = [
            {"name": "月例号", "day": "2-tue", "time": "10:10", "moved": "before", "opens": 1, "subject": ""}
        ]
        newsletter.test_groups = [{"name": "広報係", "addresses": ["koho@city.example"]}]
        found = prepare(session, paused)
        session.execute(update(Delivery).where(Delivery.subscriber_id == found[0]).values(state=DeliveryState.ACCEPTED))
        session.add(Link(issue_id=paused.id, number=1, url="https://example.jp/" + "long" * 60, kind="button"))
        paused.pause()
        everybody = members.find(session, EVERY_ROLE)
        notification.tell(
            session, NotificationKind.SENT_BACK, "test", [everybody], issue=draft, reason="日付が違います。"
        )
        reviewed = issues.create(session, newsletter, subject="決裁を待つ号", preheader="日程", blocks=blocks)
        workflow.submit(session, reviewed, members.find(session, "author@example.jp"), "年度初めのお知らせです。")
        approver = members.create(session, "second@example.jp", "佐藤 健一", {Role.APPROVER})
        workflow.approve(session, reviewed, approver, ContentDigest({}, (("block:prose", "説明会は4月1日です。"),)))
        session.execute(update(Issue).where(Issue.id == reviewed.id).values(state=IssueState.IN_REVIEW))
        repair.change(paused, blocks=(*blocks[:1], Prose(text="説明会は3月10日に開きます。")))
        made = sample_newsletter.create(session, reader_count=12)
        sent = made.issues[0].id
        ingest.lock(session)
        noon, requests = sample_newsletter.PUBLISHED.replace(hour=5), chain(*traffic("phone_reader", 2, links=8))
        clicks = [sample_newsletter.click(sent, reader, 1 + reader % 5, noon) for reader in made.readers]
        opens = [
            sample_newsletter.incoming_hit(sent, made.readers[0], one, sample_newsletter.PUBLISHED) for one in requests
        ]
        ingest.store_incoming(session, clicks + opens)
        issue_sums.refresh(session, [one.id for one in made.issues])
        reader_months.refresh(session)
        invited = members.create(session, "invited@example.jp", "新任 主査", {Role.AUTHOR})
        invitation.send(session, invited, members.find(session, EVERY_ROLE))
        link, person = invitation.make(session, invited, members.find(session, EVERY_ROLE)), invited.id
        leaver = members.find(session, EVERY_ROLE).id
        kept = {"conditions": {"of": [
            {"what": "audience", "values": ["citizen"]},
            {"match": "any", "of": [{"what": "topic", "values": ["dx"]}, {"what": "read_recent", "values": ["3"]}]},
        ]}}  # fmt: skip
        draft.edit(segment=kept)
        saved = saved_segment.create(session, newsletter, "最近の読者", kept, "test", "最近の読者").id
        lists = [_import(session, newsletter, everybody, upto) for upto in ("read", "running", "done")]
        reader_export.ask(session, newsletter, everybody, ExportFormat.CSV, saved, "ja")
    ranking = "newsletter=dx-letter&period=2021"
    return [
        "/staff/",
        "/staff/issues",
        "/staff/notifications",
        *(f"/staff/newsletters/ict/readers{page}" for page in ("", "?from=x", f"/{reader}", f"/{reader}/edit", "/new")),
        *(f"/staff/calendar?{query}" for query in ("", "week=2026-12-08&lang=en")),
        f"/staff/issues/{planned.id}/move?day=2999-01-01",
        f"/staff/issues/{draft.id}/test-letter",
        *(f"/staff/issues/{one.id}" for one in (paused, draft, reviewed)),
        f"/staff/issues/{reviewed.id}/draft-paper",
        *(f"/staff/issues/{paused.id}/{page}" for page in ("edit", "preview", "progress", "correction")),
        f"/staff/issues/{draft.id}/readers",
        *(f"/staff/newsletters/ict/segments{page}" for page in ("", "/new", f"/{saved}")),
        *(f"/staff/issues/{sent}/{page}" for page in ("correction", "report", "certificate", "letters/unknown")),
        *(f"/staff/newsletters/ict/imports{page}" for page in ("", *(f"/{one}" for one in lists))),
        "/staff/newsletters/ict/exports",
        *(
            "/staff/people",
            "/staff/people/new",
            f"/staff/people/{person}",
            f"/staff/invitations/{link.rpartition('/')[2]}",
        ),
        f"/staff/people/{leaver}/handover?successor={person}",
        "/staff/invitations/none",
        f"/staff/rankings?{ranking}",
        "/staff/rankings?period=x",
        f"/staff/rankings?{ranking}&measure=early&from=2021-04-01&until=2021-06-30&lang=en",
        f"/staff/rankings/evidence?{ranking}",
        "/staff/briefing?newsletter=dx-letter",
        f"/staff/issues/{sent}/click-map",
        f"/staff/reports?{ranking}",
        f"/staff/reports/reading?{ranking}",
        f"/staff/reports/compare?newsletter=dx-letter&first={sent}&second={made.issues[1].id}",
        "/staff/reports/month?newsletter=dx-letter&month=2021-04",
        "/staff/reports?period=x",
    ]


def _import(session: Session, newsletter: Newsletter, by: Member, upto: str) -> int:
    """An import that has come so far."""
    content = "メールアドレス,氏名,社員番号\nhanako@example.jp,山田 花子,12\n".encode()
    made = import_steps.upload(session, newsletter, by, "職員名簿.csv", BytesIO(content), "2026年4月の説明会の申込書")
    counts = {"added": 1200, "known": 3, "suppressed": 0, "stopped": 1, "repeated": 0, "refused": 1}
    if upto == "running":
        made.state, made.records, made.settled = ImportState.MAPPED, 2000, 700
    elif upto == "done":
        made.state, made.counts = ImportState.DONE, counts
        made.first_refused = [[7, "だめ", "「だめ」はメールアドレスではありません"]]
    else:
        made.state, made.trial, made.asked = ImportState.CHECKED, counts, [["配信状態", "保留中", 4]]
    return made.id


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_no_page_shuts_anybody_out(live_server: str, addresses: list[str], screens: dict[str, Page]) -> None:
    wrong: list[str] = []
    for name, page in screens.items():
        page.goto(f"{live_server}/staff/login")
        wrong += [f"login ({name}): {fault}" for fault in violations(page)]
        log_in_browser(page, live_server)
        for path in addresses:
            page.goto(live_server + path)
            wrong += [f"{path} ({name}): {fault}" for fault in violations(page)]
    assert wrong == []
