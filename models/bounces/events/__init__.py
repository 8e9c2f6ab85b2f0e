"""Events by which sending services tell what became of letters: read, kept, and followed by a worker."""
