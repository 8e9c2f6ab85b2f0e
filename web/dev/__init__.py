"""Pages for development: the letters that were caught."""
