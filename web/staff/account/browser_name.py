"""What a browser calls itself, in two words that a person knows: for the list of sessions, and letters about them."""

from __future__ import annotations

from flask import request

# The first that stands in the text counts: others are named by those that want to be taken for them.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def of_request() -> str:
    """Of the browser that asks, as ``Chrome (Windows)``; empty where it does not say."""
    return read(request.headers.get("User-Agent", ""))


def read(agent: str) -> str:
    """Of a User-Agent header (RFC 9110, 10.1.5)."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser} ({system})" if browser and system else browser or system
