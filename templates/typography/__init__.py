"""Where Japanese text may be broken."""
