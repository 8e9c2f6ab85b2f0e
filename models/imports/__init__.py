"""Lists of readers from files."""
