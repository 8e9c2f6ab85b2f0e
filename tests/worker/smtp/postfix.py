"""A real Postfix (Debian's package) for the length of a test: own folders, loopback, an unprivileged port.

It needs root, as Postfix's master does; elsewhere starting it fails with a message that says so. Whom it refuses is
decided by a Python function, through Postfix's policy protocol (SMTPD_POLICY_README).
"""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .certificate import Certificate

Answer = Callable[[str], str]
"""Recipient to what Postfix does: ``DUNNO``, ``450 4.2.0 later``, ``550 5.1.1 nobody``, ..."""

DAEMONS = Path("/usr/lib/postfix/sbin")
_SERVICES = """\
{address} inet n - n - {processes} smtpd
{wrapped}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running one."""

    port: int
    tls_port: int
    """TLS from the first byte; 0 without a certificate."""
    folder: Path

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "log").read_text()

    def postqueue(self) -> str:
        """Its queue, as ``postqueue -p`` prints it."""
        return _run("postqueue", "-c", str(self.folder / "conf"), "-p")


@dataclass(frozen=True)
class Options:
    """What it is to be like."""

    next_hop: tuple[str, int]
    """Where everything is relayed to."""
    answer: Answer = lambda recipient: "DUNNO"
    certificate: Certificate | None = None
    logins: Mapping[str, str] = field(default_factory=dict)
    """User to password (Cyrus SASL with a database of its own). With a certificate, only over TLS."""
    connections_per_client: int = 0
    """More are answered by 421; 0 for no limit."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """More lines of main.cf."""


@contextmanager
def running(options: Options) -> Iterator[Postfix]:
    """Postfix, ready to take letters.

    Raises:
        RuntimeError: this process is not root, or Postfix is not installed, or it did not start.
    """
    if os.geteuid() != 0:
        raise RuntimeError("These tests start Postfix, whose master process needs root: run them as root.")
    if not (DAEMONS / "master").exists():
        raise RuntimeError("These tests need Postfix and its SASL programs: apt-get install postfix sasl2-bin.")
    folder = Path(tempfile.mkdtemp(prefix="kp-", dir="/tmp"))
    folder.chmod(0o755)
    with _policy(options.answer) as policy_port:
        port, tls_port = free_port(), free_port() if options.certificate else 0
        postfix = Postfix(port, tls_port, folder)
        _configure(postfix, options, policy_port)
        with (folder / "output").open("wb") as output:
            command = ["postfix", "-c", str(folder / "conf"), "start-fg"]
            process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            _wait(postfix, process)
            yield postfix
        finally:
            subprocess.run(["postfix", "-c", str(folder / "conf"), "stop"], capture_output=True, check=False)
            process.wait(20)
            shutil.rmtree(folder)


def _configure(postfix: Postfix, options: Options, policy_port: int) -> None:
    conf, queue, data = (postfix.folder / name for name in ("conf", "queue", "data"))
    for path in (conf, queue, data):
        path.mkdir()
    shutil.chown(data, "postfix")
    wrapped = f"127.0.0.1:{postfix.tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"
    services = _SERVICES.format(
        address=f"127.0.0.1:{postfix.port}", processes="-", wrapped=wrapped if postfix.tls_port else ""
    )
    (conf / "master.cf").write_text(services)
    lines = _main(postfix.folder, options, policy_port) | dict(options.settings)
    (conf / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))


def _main(folder: Path, options: Options, policy_port: int) -> dict[str, str]:
    limit = str(options.connections_per_client)
    lines = {
        "compatibility_level": "3.6",
        "queue_directory": f"{folder}/queue",
        "data_directory": f"{folder}/data",
        "maillog_file": f"{folder}/log",
        "maillog_file_prefixes": str(folder),
        "myhostname": "relay.test.example",
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "alias_maps": "",
        "alias_database": "",
        "relayhost": "[{}]:{}".format(*options.next_hop),
        "smtp_dns_support_level": "disabled",
        "minimal_backoff_time": "2s",
        "queue_run_delay": "2s",
        "smtpd_recipient_restrictions": f"check_policy_service inet:127.0.0.1:{policy_port}, "
        "permit_mynetworks, permit_sasl_authenticated, reject",
        "smtpd_client_connection_count_limit": limit,
        "smtpd_client_event_limit_exceptions": "",
        "smtpd_error_sleep_time": "0",
        "smtpd_hard_error_limit": "1000",
        "smtpd_soft_error_limit": "1000",
    }
    if options.certificate:
        lines |= {
            "smtpd_tls_security_level": "may",
            "smtpd_tls_cert_file": str(options.certificate.certificate),
            "smtpd_tls_key_file": str(options.certificate.key),
        }
    if options.logins:
        lines |= _sasl(folder, options)
    return lines


def _sasl(folder: Path, options: Options) -> dict[str, str]:
    """A user database of its own, read by Cyrus inside smtpd; Debian looks in conf/sasl for its settings."""
    database, conf = folder / "users", folder / "conf" / "sasl"
    conf.mkdir()
    for user, password in options.logins.items():
        arguments = ["saslpasswd2", "-p", "-c", "-f", str(database), "-u", "test.example", user]
        subprocess.run(arguments, input=password.encode(), check=True)
    shutil.chown(database, "postfix")
    (conf / "smtpd.conf").write_text(
        f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN CRAM-MD5\nsasldb_path: {database}\n"
    )
    return {
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_local_domain": "test.example",
        "smtpd_tls_auth_only": "yes" if options.certificate else "no",
        "smtpd_sender_restrictions": "permit_sasl_authenticated, reject",
    }


def _wait(postfix: Postfix, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", postfix.port), 5) as connection:
                if connection.recv(100).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("Postfix did not start: " + (postfix.folder / "output").read_text())


@contextmanager
def _policy(answer: Answer) -> Iterator[int]:
    """A policy server that asks *answer*; its port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked: dict[str, str] = {}
            for line in self.rfile:
                name, _, value = line.decode().strip().partition("=")
                if name:
                    asked[name] = value
                else:
                    self.wfile.write(f"action={answer(asked['recipient'])}\n\n".encode())
                    asked = {}

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
