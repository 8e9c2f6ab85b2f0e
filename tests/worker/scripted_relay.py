"""A relay that answers each reader as a script says, at any stage; a thread for each connection."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

Script = Callable[[str, str, int], bytes | None]
"""Stage (``connect``, ``ehlo``, ``auth``, ``mail``, ``rcpt``, ``data``, ``dot``), reader's address, which time (from 1)
→ what is said: None for yes, empty for hanging up. Before ``mail`` nobody is known, at ``mail`` the sender."""

_PATH = re.compile(rb"<([^>]*)>")
_YES = {
    "connect": b"220 relay.example ESMTP\r\n",
    "ehlo": b"250-relay.example\r\n250-8BITMIME\r\n250-SIZE 10485760\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES\r\n",
    "auth": b"235 2.7.0 welcome\r\n",
    "data": b"354 go on\r\n",
}


class ScriptedRelay(socketserver.ThreadingTCPServer):
    """Listens on a loopback port. It offers no pipelining, so that a script sees one step after the other."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.script = script
        self.accepted: list[str] = []
        """Readers whose letters were taken, in order."""
        self.asked: Counter[tuple[str, str]] = Counter()
        """How often each stage was reached, by reader."""
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address, for SMTP_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def answer(self, stage: str, reader: str) -> bytes:
        """What is said at *stage*."""
        with self._lock:
            self.asked[stage, reader] += 1
            said = self.script(stage, reader, self.asked[stage, reader])
            if said is None:
                said = _YES.get(stage, b"250 2.0.0 Ok\r\n")
            if stage == "dot" and said.startswith(b"2"):
                self.accepted.append(reader)
            return said


class _Conversation(socketserver.StreamRequestHandler):
    reader = ""

    def handle(self) -> None:
        try:
            if self._say("connect"):
                while line := self.rfile.readline():
                    if not self._obey(line):
                        return
        except OSError:
            return

    def _say(self, stage: str) -> bytes:
        said = cast(ScriptedRelay, self.server).answer(stage, self.reader)
        self.wfile.write(said)
        return b"" if said.startswith(b"421") else said

    def _obey(self, line: bytes) -> bool:
        """Answer one command; whether the connection lives on."""
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            return bool(self._say("ehlo"))
        if verb == b"AUTH":
            return bool(self._say("auth"))
        if verb in (b"MAIL", b"RCPT"):
            found = _PATH.search(line)
            self.reader = found[1].decode() if found else ""
            return bool(self._say(verb.decode().lower()))
        if verb == b"DATA":
            said = self._say("data")
            return bool(said) and (not said.startswith(b"3") or self._take_message())
        self.wfile.write(b"221 2.0.0 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 Ok\r\n")
        return verb != b"QUIT"

    def _take_message(self) -> bool:
        while (line := self.rfile.readline()) and line != b".\r\n":
            pass
        return bool(line) and bool(self._say("dot"))


@contextmanager
def scripted_relay(script: Script) -> Iterator[ScriptedRelay]:
    """A relay for the length of the context."""
    with ScriptedRelay(script) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02], name="scripted-relay")
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
