"""From a letter's values to HTML and plain text."""
