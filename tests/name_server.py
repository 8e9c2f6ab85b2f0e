"""A name server on a loopback port for tests: a zone that a test sets, over UDP and TCP as resolvers ask.

It answers from memory: aliases are followed, answers that are too long for UDP are cut, and it can fail or be silent.
"""

from __future__ import annotations

import socket
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zonefile
from dns.rrset import RRset

UDP_BYTES = 1232
"""What an answer over UDP may have; a longer one is asked for again over TCP."""


class NameServer:
    """Answers questions from its zone."""

    def __init__(self) -> None:
        self.refuses = False
        """Whether it answers nothing but that it failed."""
        self.silent: set[str] = set()
        """Names about which nothing is answered but that it failed."""
        self.asked: list[tuple[str, str]] = []
        """Names and ``udp`` or ``tcp``."""
        self._zone: dict[tuple[str, int], RRset] = {}
        self._udp, self._tcp = _pair()
        self._threads = [
            threading.Thread(target=run, name=f"name-server-{place}")
            for place, run in enumerate((self._run_udp, self._run_tcp))
        ]

    @property
    def address(self) -> str:
        """The DNS_SERVERS of this server."""
        host, port = self._udp.getsockname()
        return f"{host}:{port}"

    def paste(self, lines: str) -> None:
        """Put lines of a zone file into the zone; what stood at a name of the same type is replaced."""
        for one in dns.zonefile.read_rrsets(lines, rdclass=None, default_ttl=60, origin=dns.name.root):
            self._zone[str(one.name).lower(), one.rdtype] = one

    def drop(self, name: str, *kinds: str) -> None:
        """Take the records of some types away; of every type where none is named."""
        for key in [one for one in self._zone if one[0] == f"{name}."]:
            if not kinds or dns.rdatatype.to_text(dns.rdatatype.RdataType(key[1])) in kinds:
                del self._zone[key]

    def clear(self) -> None:
        """Forget everything."""
        self._zone.clear()
        self.silent.clear()
        self.asked.clear()
        self.refuses = False

    def set_texts(self, name: str, *texts: str) -> None:
        """The TXT records of a name."""
        strings = [" ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) for text in texts]
        self._zone[f"{name}.", dns.rdatatype.TXT] = dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *strings)

    def start(self) -> None:
        """Answer."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop answering."""
        place = self._udp.getsockname()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", place)
        socket.create_connection(place).close()
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def _run_udp(self) -> None:
        while True:
            asked, sender = self._udp.recvfrom(4096)
            if not asked:
                return
            answer = self._answer(asked, "udp")
            whole = answer.to_wire()
            if len(whole) > UDP_BYTES:
                answer.flags |= dns.flags.TC
                answer.answer.clear()
                whole = answer.to_wire()
            self._udp.sendto(whole, sender)

    def _run_tcp(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with connection, connection.makefile("rb") as received:
                head = received.read(2)
                if not head:
                    return
                whole = self._answer(received.read(int.from_bytes(head, "big")), "tcp").to_wire()
                connection.sendall(len(whole).to_bytes(2, "big") + whole)

    def _answer(self, wire: bytes, way: str) -> dns.message.Message:
        asked = dns.message.from_wire(wire)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        question = asked.question[0]
        name = question.name.to_text().lower()
        self.asked.append((name.rstrip("."), way))
        if self.refuses or name.rstrip(".") in self.silent:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        while alias := self._zone.get((name, dns.rdatatype.CNAME)):
            answer.answer.append(alias)
            if question.rdtype == dns.rdatatype.CNAME:
                return answer
            name = alias[0].target.to_text().lower()
        if found := self._zone.get((name, question.rdtype)):
            answer.answer.append(found)
        elif not any(known == name for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _pair() -> tuple[socket.socket, socket.socket]:
    """Sockets for UDP and TCP at one port, which somebody else may have one half of."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        try:
            return udp, socket.create_server(udp.getsockname())
        except OSError:
            udp.close()
