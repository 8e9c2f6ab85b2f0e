"""Pages of a person of the staff about themselves: logging in by steps, password, second factor, sessions."""
