"""Test letters of an issue to staff: groups of addresses that get them, and what was sent."""
