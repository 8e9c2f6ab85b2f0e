"""Patience for journeys: they wait for what a page shows, however slow the machine is."""

from __future__ import annotations

from playwright.sync_api import expect

expect.set_options(timeout=60_000)
