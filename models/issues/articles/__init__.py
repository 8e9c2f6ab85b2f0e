"""Lists of articles, and where each is used."""
