"""Relays: the servers that we hand mail to, their addresses, their limits, and test letters through them."""
