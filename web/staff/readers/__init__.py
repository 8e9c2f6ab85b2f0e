"""Pages about readers: the list of a newsletter, one reader, and what staff do to one."""
