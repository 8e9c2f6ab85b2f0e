"""What ``benchmarks.track`` compares with: a Flask redirect that records nothing."""

from __future__ import annotations

from flask import Flask, redirect
from werkzeug.wrappers import Response

app = Flask(__name__)


@app.get("/c/<int:number>/<token>")
def click(number: int, token: str) -> Response:
    """Send everybody to the same page."""
    return redirect(f"https://www.example.jp/{number}")


@app.get("/healthz")
def health() -> str:
    """Whether it runs."""
    return "ok"
