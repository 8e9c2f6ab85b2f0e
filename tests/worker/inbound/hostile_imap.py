"""A small IMAP server that misbehaves: it closes in the middle, holds a million messages, offers no encryption."""

from __future__ import annotations

import re
import socketserver
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class HostileImap(socketserver.ThreadingTCPServer):
    """One user's INBOX.

    Arguments:
        messages: how many there are.
        bad: the UID of the one in whose middle it closes the connection.
        closes_idle: whether it closes the connection once that is idle.
    """

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, messages: int, *, bad: int = 0, closes_idle: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.uids, self.bad, self.closes_idle = list(range(1, messages + 1)), bad, closes_idle
        self.commands: list[str] = []
        self.most_asked = self.fetched_bad = 0

    @property
    def url(self) -> str:
        """What RETURNS_IMAP_URL is to be."""
        return f"imap://user:password@127.0.0.1:{self.server_address[1]}"


def message(uid: int) -> bytes:
    """What has this UID."""
    return b"Subject: %d\r\n\r\n%s" % (uid, b"x" * 500)


class _Conversation(socketserver.StreamRequestHandler):
    server: HostileImap
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say(b"* OK ready")
        with suppress(OSError):
            while line := self.rfile.readline():
                tag, command = line.decode().rstrip("\r\n").split(" ", 1)
                self.server.commands.append(command)
                if not self.answer(command):
                    return
                self.say(tag.encode() + b" OK done")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def answer(self, command: str) -> bool:
        words = command.split()
        name = " ".join(words[:2]) if words[0] == "UID" else words[0]
        if name == "CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS")
        elif name == "SELECT":
            self.say(b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] ok" % len(self.server.uids))
        elif name == "FETCH":
            asked = [int(number) for number in words[1].split(",")]
            self.server.most_asked = max(self.server.most_asked, len(asked))
            for number in asked:
                self.say(b"* %d FETCH (UID %d RFC822.SIZE 500 FLAGS ())" % (number, self.server.uids[number - 1]))
        elif name == "UID FETCH":
            return self.fetch(int(words[2]), re.findall(r"<(\d+)\.(\d+)>", command)[0])
        elif name == "UID MOVE":
            for uid in words[2].split(","):
                del self.server.uids[bisect_left(self.server.uids, int(uid))]
        elif name == "IDLE":
            self.say(b"+ idling")
            return not self.server.closes_idle and bool(self.rfile.readline())
        return True

    def fetch(self, uid: int, piece: tuple[str, str]) -> bool:
        start, length = map(int, piece)
        part = message(uid)[start : start + length]
        head = b"* 1 FETCH (UID %d BODY[]<%d> {%d}\r\n" % (uid, start, len(part))
        if uid == self.server.bad:
            self.server.fetched_bad += 1
            self.wfile.write(head + part[:100])
            return False
        self.wfile.write(head + part + b")\r\n")
        return True


@contextmanager
def serving(server: HostileImap) -> Iterator[HostileImap]:
    """It, while it serves."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
