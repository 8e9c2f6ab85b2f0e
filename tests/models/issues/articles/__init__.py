"""Lists of articles, and where they are used."""
