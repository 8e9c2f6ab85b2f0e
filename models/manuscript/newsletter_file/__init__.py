"""A newsletter as a file: its settings written as YAML, and read back."""
