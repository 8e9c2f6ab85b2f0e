"""Single letters of an issue: which nobody knows of or failed, and what staff do about them."""
