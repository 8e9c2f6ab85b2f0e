"""Hits that come in while parts are away: asked for one after another, each with a number that its row keeps."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Sequence

from models.store.token import Purpose, maker

_PAUSE_SECONDS = 0.05
_AGENT = "Mozilla/5.0 (drill; hit {})"


class HitSource:
    """Opens letters of an issue, in a thread of its own.

    Arguments:
        port: of the web server, on loopback.
        issue_id: whose letters.
        readers: who opens them, again and again.
    """

    def __init__(self, port: int, issue_id: int, readers: Sequence[int]) -> None:
        self.answered: set[int] = set()
        self.unanswered: set[int] = set()
        """Nobody knows whether the server has them."""
        self._port, self._issue, self._readers = port, issue_id, readers
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hits", daemon=True)

    def start_once(self) -> None:
        """Begin, unless it has begun."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """End, after the answer that is being waited for."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        make = maker(Purpose.OPEN)
        number = 0
        while not self._end.wait(_PAUSE_SECONDS):
            reader = self._readers[number % len(self._readers)]
            number += 1
            good = self._ask(make(self._issue, reader).decode(), _AGENT.format(number))
            (self.answered if good else self.unanswered).add(number)

    def _ask(self, token: str, agent: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", f"/o/{token}.gif", headers={"User-Agent": agent})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def number_of(agent: str | None) -> int:
    """The number of a stored hit; 0 where none of ours stands there."""
    begin, end = _AGENT.split("{}")
    digits = (agent or "").removeprefix(begin).removesuffix(end)
    return int(digits) if digits.isdecimal() else 0
