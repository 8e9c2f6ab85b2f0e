"""The one request that a hook makes, to a real server: what it answers, and what counts as no answer."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from models.store.errors import Unavailable
from tests.worker.smtp import certificate
from web.hooks import sns_messages


class Amazon(BaseHTTPRequestHandler):
    """Answers with the status that is asked for, and much."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:4]))
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_an_answer_is_taken_from_a_server_with_a_right_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate.make(tmp_path)
    with HTTPServer(("127.0.0.1", 0), Amazon) as server:
        server.socket = made.server_context().wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, name="amazon")
        thread.start()
        host = f"localhost:{server.server_port}"
        with pytest.raises(Unavailable):
            sns_messages.ask(host, "/200")
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
        assert sns_messages.ask(host, "/200") == b"x" * 64 * 1024
        for status in (302, 404, 500):
            with pytest.raises(Unavailable):
                sns_messages.ask(host, f"/{status}")
        server.shutdown()
        thread.join()
    with pytest.raises(Unavailable):
        sns_messages.ask(host, "/200")
