"""Issues and articles as pages of the public archive."""
