"""A letter in plain values: what it says, before any markup."""
