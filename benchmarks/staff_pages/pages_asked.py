"""What the benchmark of pages asks for: which routes make no page, and with what the others are asked."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import text

from models.issues.issue_state import IssueState
from models.store import db
from models.store.clock import today

_DOWNLOAD = "a file that is downloaded: it may take as long as it is large"
_LOGIN = "part of a login that has begun; without one it leads back to the login"
_LINK = "opened by a link of a letter, once"
_PROVIDER = "leads to the identity provider, or comes from there"
_LEADS_ON = "leads to another page"
SKIPPED = {
    **dict.fromkeys(
        (
            "audit_csv", "certificate_csv", "newsletter_yaml", "ranking_clicks_csv", "ranking_csv",
            "ranking_evidence_json", "ranking_reach_json", "report_csv", "comparison_table", "newsletter_table",
            "report_table", "refused_lines", "download_export",
        ),
        _DOWNLOAD,
    ),
    **dict.fromkeys(("second_step", "set_up_at_login", "signed_in", "connected", "login"), _LOGIN),
    **dict.fromkeys(("first", "invited", "new_password"), _LINK),
    **dict.fromkeys(("start_sign_in", "finish_sign_in", "ask_to_enter"), _PROVIDER),
    **dict.fromkeys(
        ("home", "open_notification", "readers", "segments_again", "issue_readers_again", "reader_again"), _LEADS_ON
    ),
    "progress_events": "a stream that stays open; each of its events is the page of figures",
    "left_copy": "tells a tab of a browser what it has kept itself",
    "new_passkey": "wants the password once more, and then talks to the browser's device",
    "set_up_app": "wants the password once more",
    "live_preview_frame": "the empty frame into which a script puts the preview",
    "relay": "there is no relay here; one with a form of the same size is new_relay",
}  # fmt: skip
"""By endpoint, without ``staff.``, why it is not asked for."""

SECTIONS = ["basics", "sender", "imprint", "publication", "consent", "tracking", "approval", "quiet", "ranking"]
"""Parts of a newsletter's settings, each on a page."""
_YEAR = today().year - 1
_WORDS = ("避難所", "下水道", "マイナンバー", "ごみ", "手引き", "子育て", "受付を見直し", "第12回", "ない言葉", "のお")
_DAYS = [f"{_YEAR}-{month:02}" for month in range(1, 13)]
QUERIES: dict[str, list[str]] = {
    "issues": [f"page={n}" for n in range(1, 8)] + ["state=draft", "state=sent", "state=sent&page=5", "state=paused"],
    "articles": [f"q={word}" for word in _WORDS] + [f"page={n}" for n in (1, 2, 20, 40)] + ["topic=topic-1"],
    "article_search": [f"q={word}" for word in _WORDS],
    "audit_log": [
        "", "person=主任", "person=all%40example.jp", "thing=issue%2F17", "thing=避難所", "act=approve+issue",
        f"from={_YEAR}-05-01&to={_YEAR}-05-31", "before=50000", "person=nobody", "thing=ない言葉", "act=save+issue",
        "person=主任&thing=下水道&act=log+in", "view=print",
    ],
    "briefing": [f"last={n}" for n in (3, 6, 12, 24)],
    "calendar": [*(f"month={day}" for day in _DAYS), *(f"week={day}-08" for day in _DAYS)],
    "rankings": [
        "",
        *(f"period={_YEAR}&audience={audience}&measure={measure}&policy={policy}"
          for audience in ("", "citizen", "official")
          for measure in ("readers", "rate", "early")
          for policy in ("human", "human%2Bunknown")),
        *(f"period={day}" for day in _DAYS),
    ],
    "ranking_evidence": [f"period={_YEAR}", f"period={_YEAR}-06", f"period={_YEAR}&audience=official"],
    "preview_frame": [f"mode={mode}" for mode in ("desktop", "dark", "text", "sanitised", "raw", "no-images")],
    "preview_page": [f"audience={slug}" for slug in ("", "citizen", "official")],
    "newsletter_route": [f"kind={kind}" for kind in ("regular", "correction")],
    "notifications": [f"page={n}" for n in (1, 2, 5)],
    "issue_versions": [f"page={n}" for n in (1, 1, 1)],
    "reading_report": [f"period={_YEAR}", *(f"period={day}" for day in _DAYS)],
    "newsletter_report": [f"period={_YEAR}", f"from={_YEAR}-04-01&until={_YEAR}-09-30"],
    "month_report": [f"month={day}" for day in _DAYS],
    "compare_issues": [f"first={n}&second={n + 1}" for n in range(1, 200, 7)],
}  # fmt: skip
"""By endpoint, without ``staff.``, the queries that it is asked with in turn."""
LOOKED_FOR = (
    "", "r77", "r777@example.jp", "田中", "田中 12", "たなか", "@example.jp", "存在しない", "r999", "イトウ",
)  # fmt: skip
FILTERS = (
    "",
    "state=active",
    "state=ended",
    "audience=citizen",
    "topic=topic-1",
    f"from={_YEAR}-01-01",
    "stopped=yes",
)


def _condition(kind: str, *values: str, **more: str) -> dict[str, Any]:
    return {
        "row": ["1"],
        "kind-1": kind,
        "values-1": list(values),
        **{f"{name}-1": value for name, value in more.items()},
    }


_CONDITIONS: list[dict[str, Any]] = [
    {},
    _condition("audience", "citizen"),
    _condition("topic", "topic-1"),
    _condition("language", "ja"),
    _condition("field:place", "中央", how="contains"),
    _condition("joined", "30", how="within"),
    _condition("domain", "lg.jp"),
    _condition("read_issue", "200"),
    _condition("read_issue", "200", negated="yes"),
    _condition("read_topic", "topic-1", negated="yes"),
    _condition("read_recent", "3", negated="yes"),
]
_TRIED = [one | {"action": "count"} for one in _CONDITIONS]
FORMS: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("try_segment", "/staff/newsletters/bench/segments/try", _TRIED),
    ("try_issue_readers", "/staff/issues/{issue_id}/readers/try", _TRIED),
    ("sample_segment", "/staff/newsletters/bench/segments/samples", _TRIED),
]
"""Name, address and forms of what is counted while somebody changes conditions."""


class IssueIds(NamedTuple):
    """Issues, by whether they went to all readers."""

    usual: list[int]
    large: list[int]
    """Out, or half-way, to every reader."""


def issue_ids(states: set[IssueState]) -> IssueIds:
    """The issues in some states, of each state and the latest first by turns."""
    wanted = {"states": [one.value for one in states]}
    with db.session_scope() as session:
        rows = session.execute(
            text("SELECT id, prepared_at > now() - interval '9 days' AND state IN ('sent', 'paused'), row_number() "
                 "OVER (PARTITION BY state ORDER BY id DESC) AS turn FROM issue WHERE state = ANY(:states) "
                 "ORDER BY turn, id"), wanted
        ).all()  # fmt: skip
    return IssueIds([one for one, large, _ in rows if not large], [one for one, large, _ in rows if large])


def states_there_are() -> dict[IssueState, int]:
    """An issue in each state in which there is one."""
    with db.session_scope() as session:
        rows = session.execute(text("SELECT state, max(id) FROM issue GROUP BY state")).all()
    return {IssueState(state): number for state, number in rows}


def draft() -> int:
    """A draft for everybody."""
    [found, *_] = issue_ids({IssueState.DRAFT}).usual
    return found
