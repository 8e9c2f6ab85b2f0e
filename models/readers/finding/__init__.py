"""Finding readers among a million: by words, by filters, a page at a time."""
