"""The addresses of a host, looked up with a limit of time, which the system's resolver does not know."""

from __future__ import annotations

import queue
import socket
import threading


def addresses_of(host: str, port: int, seconds: float) -> list[str]:
    """The IP addresses of *host*, in the order in which they should be tried.

    Arguments:
        port: some systems tell addresses by service.
        seconds: how long the answer is waited for.

    Raises:
        TimeoutError: there was none by then.
        OSError, ValueError: there is no such host, or the name cannot be one.
    """
    found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([str(info[4][0]) for info in infos])
        except (OSError, ValueError) as error:
            found.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        addresses = found.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(addresses, Exception):
        raise addresses
    return addresses
