"""Whether the broker has hits on its disk: what it says, and what it does not."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from models.store.errors import Unavailable
from models.tracking.hit import STREAM
from web.track.hit_stream import HitStream


def answer_of(stream: HitStream) -> bool:
    until = time.monotonic() + 60
    while (answer := stream.synced()) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return answer


def test_what_was_added_is_on_the_brokers_disk(redis_client: Redis) -> None:
    stream = HitStream()
    stream.add(b"one\ntwo\n")
    stream.ask()
    assert answer_of(stream)
    assert redis_client.xlen(STREAM) == 2
    stream.close()


def test_case_d3_a_broker_that_breaks_its_answer_off_has_promised_nothing(redis_client: Redis) -> None:
    """As it does when it becomes another one's replica, which drops what the other one does not have."""
    stream, broken_off = HitStream(), False
    while not broken_off:
        stream.add(b"one\n")
        stream.ask()
        # Its disk may be quicker than we are: then once more.
        for client in redis_client.client_list():
            if client["cmd"] == "waitaof" and "b" in client["flags"]:
                broken_off = bool(redis_client.client_unblock(int(client["id"]), error=True))
        if not broken_off:
            assert answer_of(stream)
    with pytest.raises(Unavailable):
        answer_of(stream)
    stream.close()
