"""The SMTP client: one pipelined session, kept connections, replies turned into outcomes.

The rest of the worker needs these names only. A sender is a :class:`Source` that a :class:`Pool` pulls from::

    pool = Pool(Relay.parse("smtp+starttls://user:secret@relay.example:587"), connections=4)
    stop = asyncio.Event()
    await pool.run(source, stop)      # pulls source.next(), gates with source.before_wire(), tells source.done()
    await pool.close()
"""

from __future__ import annotations

from models.deliveries.lease import Fenced
from models.deliveries.reply_code import OutcomeKind, Stage
from worker.smtp.envelope import Envelope, Outcome, Source
from worker.smtp.handshake import Timeouts
from worker.smtp.pool import Pool
from worker.smtp.relay_address import RelayAddress, Security

__all__ = [
    "Envelope",
    "Fenced",
    "Outcome",
    "OutcomeKind",
    "Pool",
    "RelayAddress",
    "Security",
    "Source",
    "Stage",
    "Timeouts",
]
