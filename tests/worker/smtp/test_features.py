"""What a relay offers, offers without having it, or lacks."""

from __future__ import annotations

from models.deliveries.reply_code import OutcomeKind, Stage

from .faults import NONE, fault
from .recording_source import RecordingSource, make_letter, make_letters, run, send
from .server import OFFERED, serving

ACCEPTED, RETURNED = OutcomeKind.ACCEPTED, OutcomeKind.RETURNED


def test_a_relay_that_offers_what_it_lacks() -> None:
    """Refused parameters and lost pipelined commands cost a return, never a letter, and are remembered."""

    async def work() -> None:
        for step in ("mail", "rcpt"):
            for answer in (b"555 5.5.4 unsupported", b"501 5.5.4 no such option", b"555 what"):
                async with serving([NONE, fault(**{step: answer})]) as server:
                    source = await send(server, RecordingSource(make_letters(5), again=True))
                    assert set(source.kinds().values()) == {ACCEPTED}
                    assert [outcome.kind for outcome in source.outcomes[1]] == [RETURNED, ACCEPTED]
                    assert server.accepted[-1].mail == b"MAIL FROM:<bounce@news.example>"
                    assert server.accepted[-1].rcpt == b"RCPT TO:<reader1@town.example>"
        async with serving(loses_pipelined=True) as server:
            source = await send(server, RecordingSource(make_letters(5), again=True, patience=10**6), max_connections=1)
            assert set(source.kinds().values()) == {ACCEPTED}
            assert len(server.accepted) == 5
            assert server.connections == 2

    run(work())


def test_a_letter_that_is_condemned_for_its_parameters_anyway() -> None:
    async def work() -> None:
        async with serving([fault(mail=b"555 5.5.4 no")] * 2) as server:
            source = await send(server, RecordingSource(make_letters(1), again=True))
            assert [outcome.kind for outcome in source.outcomes[0]] == [RETURNED, OutcomeKind.HELD]

    run(work())


def test_what_cannot_be_offered_to_this_relay_is_refused_here() -> None:
    cases = [
        (make_letter(0, recipient="a b@town.example"), OutcomeKind.BOUNCED, "5.1.3", Stage.RCPT),
        (make_letter(1, recipient="a@town.example>\r\nRCPT TO:<b@x"), OutcomeKind.BOUNCED, "5.1.3", Stage.RCPT),
        (make_letter(2, sender="a\r\nDATA"), OutcomeKind.HELD, "5.1.7", Stage.MAIL),
        (make_letter(3, data=b"a\n.\nb\r\n", eight_bit=False), OutcomeKind.HELD, "5.6.0", Stage.DATA),
        (make_letter(4, data=b"a\r.\r\n", eight_bit=False), OutcomeKind.HELD, "5.6.0", Stage.DATA),
        (make_letter(5, data=b"x" * 2000), OutcomeKind.HELD, "5.3.4", Stage.MAIL),
        (make_letter(6, smtputf8=True), OutcomeKind.HELD, "5.6.7", Stage.MAIL),
        (make_letter(7, recipient="読者@town.example"), OutcomeKind.FAILED, "5.6.7", Stage.RCPT),
        (make_letter(8), OutcomeKind.HELD, "5.6.3", Stage.MAIL),
        (make_letter(9, eight_bit=False, data=b"a\r\n"), ACCEPTED, "2.0.0", Stage.DOT),
    ]

    async def work() -> None:
        async with serving(offered=("PIPELINING", "SIZE 1000")) as server:
            source = await send(server, RecordingSource([case[0] for case in cases]))
            for envelope, kind, enhanced, stage in cases:
                (outcome,) = source.outcomes[envelope.key]
                assert (outcome.kind, outcome.enhanced, outcome.stage) == (kind, enhanced, stage), envelope
            assert len(server.accepted) == 1
            assert not any(b"DATA" in command and command != b"DATA" for command in server.commands)

    run(work())


def test_international_addresses_and_notices() -> None:
    async def work() -> None:
        async with serving() as server:
            envelope = make_letter(0, recipient="読者@例え.example", smtputf8=True, envid="号=1+2 あ")
            source = await send(server, RecordingSource([envelope, make_letter(1, sender="")]))
            assert set(source.kinds().values()) == {ACCEPTED}
            first, second = server.accepted
            assert first.rcpt == "RCPT TO:<読者@例え.example> NOTIFY=FAILURE".encode()
            size = len(envelope.data)
            assert first.mail == (
                b"MAIL FROM:<bounce@news.example> SIZE=%d BODY=8BITMIME SMTPUTF8 RET=HDRS "
                b"ENVID=+E5+8F+B7+3D1+2B2+20+E3+81+82" % size
            )
            assert second.mail.startswith(b"MAIL FROM:<> SIZE=")
            await send(server, RecordingSource([make_letter(2)]), relay=server.relay(dsn=False, pipelining=False))
            assert b"NOTIFY" not in server.accepted[-1].rcpt
            assert server.violations == []

    run(work())


def test_a_relay_without_pipelining_gets_one_command_at_a_time() -> None:
    async def work() -> None:
        offered = tuple(offer for offer in OFFERED if offer != "PIPELINING")
        async with serving(offered=offered, loses_pipelined=True) as server:
            source = await send(server, RecordingSource(make_letters(50)), max_connections=3)
            assert set(source.kinds().values()) == {ACCEPTED}
            assert server.violations == []

    run(work())
