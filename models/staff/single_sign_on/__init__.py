"""Who comes in through the office's identity provider: whose account it is, and which roles its groups give."""
