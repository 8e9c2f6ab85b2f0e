"""Feeds of other sites."""
