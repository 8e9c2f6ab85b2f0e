"""``kairan issue send, pause, resume, cancel, watch, certificate, unknown``: sending an issue, and its certificate."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from models.deliveries import certificate as certificates
from models.deliveries import progress
from models.deliveries.certificate import Certificate
from models.deliveries.delivery import DeliveryState
from models.deliveries.letters import unknown as unknown_deliveries
from models.deliveries.progress import Progress, StoppedLane
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.workflow import Actor
from models.staff.permission import Permission
from models.store import clock, db
from models.store.errors import Invalid
from models.store.phrase import phrase

from .. import actor
from .review import confirm_number, show_recipients

POLL_SECONDS = 0.5
WAITING = (IssueState.SCHEDULED, IssueState.PREPARING)
_issue = click.argument("issue_id", metavar="ID", type=int)
_note = click.option("--note", default="", help="Why, for the log.")


def _change_state(step: Callable[[Session, Issue, Actor], None], issue_id: int, address: str) -> None:
    """Let somebody take a step with an issue."""
    with db.session_scope() as session:
        command = f"issue {click.get_current_context().info_name}"
        one = issues.get(session, issue_id, lock=True)
        step(session, one, actor.of(session, address, command, Permission.SEND, one.newsletter_id))


def _send_now(session: Session, one: Issue, by: Actor) -> None:
    workflow.schedule(session, one, clock.now(), by)


@click.command
@_issue
@actor.option
@click.option("--yes", is_flag=True, help="Do not ask.")
def send(issue_id: int, address: str, yes: bool) -> None:
    """Send the approved issue ID now, also where it was to go out later."""
    readers = show_recipients(issue_id, address)
    confirm_number(issue_id, readers, yes=yes)
    if not yes:
        click.confirm(f"Send issue {issue_id} to {readers:,} readers now", abort=True)
    _change_state(_send_now, issue_id, address)
    click.echo(f"Issue {issue_id} goes out now. Look on: kairan issue watch {issue_id}")


@click.command
@_issue
@actor.option
def pause(issue_id: int, address: str) -> None:
    """Stop sending issue ID within a window. Letters on the wire get their answers; the others wait."""
    _change_state(workflow.pause, issue_id, address)
    click.echo(f"Issue {issue_id} is paused. Go on: kairan issue resume {issue_id}")


@click.command
@_issue
@actor.option
def resume(issue_id: int, address: str) -> None:
    """Go on sending the paused issue ID."""
    _change_state(workflow.resume, issue_id, address)
    click.echo(f"Issue {issue_id} goes on.")


@click.command
@_issue
@actor.option
@click.option("--yes", is_flag=True, help="Do not ask.")
def cancel(issue_id: int, address: str, yes: bool) -> None:
    """Send no more of issue ID, for good. Letters that are out stay out."""
    if not yes:
        click.confirm(f"Cancel issue {issue_id} for good? Readers who have not got it never will", abort=True)
    _change_state(workflow.cancel, issue_id, address)
    click.echo(f"Issue {issue_id} is cancelled.")


@click.command
@_issue
def watch(issue_id: int) -> None:
    """Show how far issue ID has come, until it is sent. Status 1 where it will not be."""
    seen = _read_progress(issue_id)
    if seen.state in WAITING:
        click.echo(f"Issue {issue_id} is {seen.state.value}.", err=True)
    while seen.state in WAITING:
        time.sleep(POLL_SECONDS)
        seen = _read_progress(issue_id)
    with click.progressbar(length=max(seen.total, 1), label=f"Issue {issue_id}", file=sys.stdout) as bar:
        bar.show_eta = False
        while True:
            bar.label = _label(seen)
            bar.update(max(0, seen.total - seen.left - bar.pos))
            bar.render_progress()
            if seen.state not in (IssueState.SENDING, IssueState.PAUSED):
                break
            time.sleep(POLL_SECONDS)
            seen = _read_progress(issue_id)
    click.echo(f"Issue {issue_id} is {seen.state.value}: {_counts(seen)}")
    if trouble := _trouble(issue_id):
        click.echo(click.style(trouble, fg="red"), err=True)
    if seen.state is not IssueState.SENT:
        sys.exit(1)


def _read_progress(issue_id: int) -> Progress:
    with db.session_scope() as session:
        return progress.read(session, issues.get(session, issue_id))


def _trouble(issue_id: int) -> str:
    with db.session_scope() as session:
        return issues.get(session, issue_id).trouble


def _label(seen: Progress) -> str:
    parts = [seen.state.value, f"{seen.rate:.0f}/s"]
    if seen.seconds_left and seen.state is IssueState.SENDING:
        parts.append(f"{_duration(seen.seconds_left)} left")
    if late := seen.counts.get(DeliveryState.DEFERRED, 0):
        parts.append(f"{late} put off")
    parts += [_stopped(lane) for lane in seen.stopped_lanes]
    if seen.trouble:
        parts.append(f"{seen.trouble} (mend it, then: kairan issue resume)")
    parts += [f"relay {relay}: {answer}" for relay, answer in seen.relay_errors.items()]
    return ", ".join(parts)


def _stopped(lane: StoppedLane) -> str:
    if lane.resume_at is None:
        return f"lane {lane.name} paused until `kairan lane resume {lane.slug}`: {lane.reason}"
    return f"lane {lane.name} rests until {lane.resume_at.astimezone(clock.TOKYO):%H:%M}: {lane.reason}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _counts(seen: Progress) -> str:
    words = [f"{seen.counts[state]:,} {state.value}" for state in DeliveryState if seen.counts.get(state)]
    return ", ".join(words) or "nobody to send it to"


@click.command
@_issue
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a line per letter to it.")
@click.option("--json", "as_json", is_flag=True, help="The certificate as JSON.")
@actor.option
def certificate(issue_id: int, file: Path | None, as_json: bool, address: str) -> None:
    """Draw the certificate (配信証明書) of issue ID: the sum of all letters, and a digest over every single one.

    Status 1 where the sum is not zero. docs/certificate.md says how anybody can check it.
    """
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        if one.prepared_at is None:
            raise Invalid(
                phrase("issue {issue_id} is {value}: it has no letters yet", issue_id=issue_id, value=one.state.value)
            )
        drawn = _draw(session, one, file)
        certificates.record_issuance(
            session,
            drawn,
            actor.of(session, address, "issue certificate", Permission.EXPORT_REPORTS, one.newsletter_id),
        )
    click.echo(json.dumps(drawn.as_json(), ensure_ascii=False, indent=2) if as_json else _as_text(drawn))
    if drawn.difference:
        sys.exit(1)


def _draw(session: Session, one: Issue, file: Path | None) -> Certificate:
    if file is None:
        return certificates.compute(session, one)
    with file.open("w", encoding="utf-8", newline="") as lines:
        return certificates.compute(session, one, lambda line: print(line, file=lines))


def _as_text(drawn: Certificate) -> str:
    rows = [("targeted", drawn.targeted)]
    rows += [(f"- {state.value}", drawn.counts.get(state, 0)) for state in certificates.FINAL_STATES]
    rows += [(f"- {state.value}", drawn.counts[state]) for state in certificates.OPEN_STATES if drawn.counts.get(state)]
    rows.append(("= difference", drawn.difference))
    if drawn.returned:
        rows.append(("came back", drawn.returned))
    kind = "" if drawn.final else "  (not final: it still goes out)"
    heading = f"Issue {drawn.issue} (no. {drawn.number} of {drawn.newsletter}) is {drawn.state.value}{kind}"
    return "\n".join([heading, *(f"{name:14}{number:12,}" for name, number in rows), f"digest  {drawn.digest}"])


@click.command
@_issue
@click.option("--accepted", multiple=True, type=int, metavar="READER", help="The relay's log shows that it went out.")
@click.option("--send-again", multiple=True, type=int, metavar="READER", help="The log shows that it did not.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_note
@actor.option
def unknown(
    issue_id: int, accepted: tuple[int, ...], send_again: tuple[int, ...], as_json: bool, note: str, address: str
) -> None:
    """List the letters of issue ID whose outcome nobody knows, or settle some of them, all or none.

    Look for the Message-ID in the relay's log. What is not settled stays as it is; it is never sent again by itself.
    """
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        who = actor.of(session, address, "issue unknown", Permission.SEND, one.newsletter_id)
        for reader in accepted:
            unknown_deliveries.mark_accepted(session, one, reader, by=who, note=note)
        for reader in send_again:
            unknown_deliveries.resend(session, one, reader, by=who, note=note)
        left = list(unknown_deliveries.list_unknown(session, one))
    for reader, how in [*((r, "accepted") for r in accepted), *((r, "to be sent again") for r in send_again)]:
        click.echo(f"Reader {reader}: {how}.", err=as_json)
    for letter in left:
        click.echo(_unknown_as_json(letter) if as_json else _unknown_as_line(letter))
    if not left and not as_json:
        click.echo(f"No letter of issue {issue_id} is unknown.", err=True)


def _unknown_as_line(letter: unknown_deliveries.UnknownDelivery) -> str:
    when = letter.at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M:%S") if letter.at else ""
    return (
        f"{letter.subscriber_id:9}  {when:19}  {letter.message_id}  {letter.address}  {letter.relay}  {letter.answer}"
    )


def _unknown_as_json(letter: unknown_deliveries.UnknownDelivery) -> str:
    return json.dumps(
        {
            "reader": letter.subscriber_id,
            "address": letter.address,
            "message_id": letter.message_id,
            "relay": letter.relay,
            "at": letter.at.isoformat() if letter.at else None,
            "answer": letter.answer,
        },
        ensure_ascii=False,
    )
