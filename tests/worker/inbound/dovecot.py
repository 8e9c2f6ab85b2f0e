"""A real Dovecot (Debian's package) for the length of a test: a folder of its own, loopback, unprivileged ports."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from imapclient import IMAPClient

from ...servers import free_port
from ..smtp import certificate
from ..smtp.certificate import Certificate

USER, PASSWORD = "bounces@example.jp", "a/long:p@ss word"
_CONF = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = required
ssl_cert = <{certificate.certificate}
ssl_key = <{certificate.key}
auth_verbose = yes
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
imap_capability = {capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running one."""

    port: int
    """Where STARTTLS is offered."""
    tls_port: int
    certificate: Certificate
    folder: Path

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "log").read_text()

    def url(self, scheme: str = "imaps", password: str = PASSWORD, folder: str = "INBOX") -> str:
        """What RETURNS_IMAP_URL is to be."""
        port = self.tls_port if scheme == "imaps" else self.port
        login = f"{quote(USER)}:{quote(password, safe='')}"
        return f"{scheme}://{login}@localhost:{port}/{folder}?cafile={self.certificate.authority}"

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Somebody else who uses the mailbox."""
        context = self.certificate.client_context()
        with IMAPClient("localhost", self.tls_port, ssl_context=context, timeout=20) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, *messages: bytes) -> None:
        """Mail comes into the mailbox."""
        with self.client() as client:
            for raw in messages:
                client.append("INBOX", raw)

    def count(self, folder: str) -> int:
        """Messages in a folder."""
        with self.client() as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]) if client.folder_exists(folder) else 0


@contextmanager
def running(capability: str = "") -> Iterator[Dovecot]:
    """Dovecot with one user's empty mailbox.

    Arguments:
        capability: what it is to say that it can do; empty for all that it can.

    Raises:
        RuntimeError: it is not installed, or did not start.
    """
    if not shutil.which("dovecot"):
        raise RuntimeError("These tests need Dovecot: apt-get install dovecot-imapd.")
    folder = Path(tempfile.mkdtemp(prefix="kd-", dir="/tmp"))
    folder.chmod(0o755)
    server = Dovecot(free_port(), free_port(), certificate.make(folder), folder)
    (folder / "users").write_text(f"{USER}:{{PLAIN.b64}}{b64encode(PASSWORD.encode()).decode()}\n")
    _configure(server, capability)
    with (folder / "output").open("wb") as output:
        command = ["dovecot", "-F", "-c", str(folder / "conf")]
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def _configure(server: Dovecot, capability: str) -> None:
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    (server.folder / "mail").mkdir()
    shutil.chown(server.folder / "mail", owner.pw_uid, owner.pw_gid)
    values = {
        "folder": server.folder, "port": server.port, "tls_port": server.tls_port, "certificate": server.certificate,
        "internal": "dovecot" if root else getpass.getuser(), "login": "dovenull" if root else getpass.getuser(),
        "internal_group": "dovecot" if root else owner.pw_gid,
        "owner": owner.pw_uid, "group": owner.pw_gid, "capability": capability,
    }  # fmt: skip
    (server.folder / "conf").write_text(_CONF.format(**values))


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=5).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"Dovecot did not start: {(server.folder / 'output').read_text()}")
