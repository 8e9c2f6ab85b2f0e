"""Every task, in a few lines: tasks carry numbers only, and each may be named twice.

What renders is loaded by the processes that render, as it takes 16 MB that a sender has no use for.
"""

from __future__ import annotations

from . import sweep as _sweep
from .app import app
from .sending import ask_relays as _ask_relays
from .sending import deliver as _deliver
from .sending import relay_test_letter as _relay_test_letter
from .sending import transactional as _transactional
from .tracking import ingest as _ingest


@app.task
def prepare(issue_id: int) -> None:
    """Freeze an issue whose time has come."""
    from .preparing import prepare as _prepare

    _prepare.prepare(issue_id)


@app.task
def deliver(batch_id: int) -> None:
    """Send a batch."""
    _deliver.deliver(batch_id)


@app.task
def repair(issue_id: int) -> None:
    """Put the approved content of a paused issue into the letters that are not yet sent."""
    from .preparing import repair as _repair

    _repair.repair(issue_id)


@app.task
def send_transactional() -> None:
    """Send the single letters of the outbox."""
    _transactional.send()


@app.task
def test_relay(test_id: int) -> None:
    """Send a test letter through one relay."""
    _relay_test_letter.send(test_id)


@app.task
def ask_relays() -> None:
    """Ask relays how large a letter may be."""
    _ask_relays.ask()


@app.task
def sweep() -> None:
    """Find whatever was lost."""
    _sweep.sweep()


@app.task
def ingest_hits() -> None:
    """Move waiting hits to the database."""
    _ingest.ingest_all()


@app.task
def maintain_hits() -> None:
    """Partitions ahead, details and months that are too old, deliveries counted."""
    _ingest.maintain()


@app.task
def forget_unconfirmed() -> None:
    """Forget sign-ups that nobody confirmed."""
    _sweep.forget_unconfirmed()


@app.task
def forget_returned_mail() -> None:
    """Forget returned messages that are kept no longer."""
    _sweep.forget_returned_mail()


@app.task
def maintain_audit_log() -> None:
    """Heads of days that are over; days that are too old."""
    _sweep.maintain_audit_log()


@app.task
def draw_certificates() -> None:
    """Certificates of issues that are out, which take long to draw."""
    _sweep.draw_certificates()


@app.task
def open_drafts() -> None:
    """Open the drafts of monthly slots."""
    _sweep.open_drafts()


@app.task
def post_notifications() -> None:
    """Letters to staff about what waits for them."""
    _sweep.post_notifications()


@app.task
def work_on_import(import_id: int) -> None:
    """Read, try, take in or take back a list."""
    from . import imports as _imports

    _imports.work(import_id)


@app.task
def forget_lists() -> None:
    """Forget lists of readers, theirs and ours, that are kept no longer."""
    from . import exports as _exports
    from . import imports as _imports

    _imports.forget_old()
    _exports.forget_old()


@app.task
def export_readers(export_id: int) -> None:
    """Write the readers of a newsletter into a file."""
    from . import exports as _exports

    _exports.write(export_id)


@app.task
def examine_domains(check_id: int) -> None:
    """Examine the senders' domains."""
    from .sender_domain import requested_check as _requested_check

    _requested_check.run(check_id)


@app.task
def follow_events() -> None:
    """Let events of sending services have their consequences."""
    from . import provider_events as _provider_events

    _provider_events.follow_all()


# A queue that an older version has filled goes on under the names that it was filled with.
for _former_name, _task in (
    ("notices", send_transactional),
    ("move_hits", ingest_hits),
    ("tend_hits", maintain_hits),
    ("tend_readers", forget_unconfirmed),
):
    app.task(name=f"{__name__}.{_former_name}")(_task.run)
