"""Pages about mail that came back."""
