"""A newsletter's readers as files."""
