"""The SMTP client: kept connections to a relay, pipelined, and replies turned into outcomes.

A sender is a :class:`.envelope.Source` that a :class:`.pool.Pool` pulls from::

    pool = Pool(RelayAddress.parse("smtp+starttls://user:secret@relay.example:587"), max_connections=4)
    stop = asyncio.Event()
    await pool.run(source, stop)      # pulls source.next(), asks source.before_wire(), tells source.done()
    await pool.close()
"""
