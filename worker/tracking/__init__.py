"""Hits on their way to the database."""
