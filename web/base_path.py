"""The path of BASE_URL, as of ``https://www.city.example.jp/mail``, where Kairan shares its host with other pages.

A proxy may take it off a request or leave it on. Pages are found without it (``PATH_INFO``), and every address that is
made begins with it (``SCRIPT_NAME``; PEP 3333).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def mount(environ: WSGIEnvironment) -> None:
    """Part the path of a request into that of BASE_URL and that of the page. Once more changes nothing."""
    prefix = settings.get().base_path
    if not prefix or environ.get("SCRIPT_NAME") == prefix:
        return
    path = environ["PATH_INFO"]
    if path == prefix or path.startswith(f"{prefix}/"):
        environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
    environ["SCRIPT_NAME"] = prefix


def origin() -> str:
    """BASE_URL without its path, for addresses that are made of the path of a page."""
    parts = urlsplit(settings.get().base_url)
    return f"{parts.scheme}://{parts.netloc}"
