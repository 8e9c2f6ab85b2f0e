"""Strangers' parsers read our letters: Python's, Go's net/mail, Node's mailparser, and mblaze.

``scripts/strangers`` asks all of them about 500 letters; the suite asks the two that it has about some.
"""
