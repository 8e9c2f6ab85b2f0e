"""Feeds of other sites (Atom, RSS): fetched, read, and made into articles."""
