"""Links and pixels of letters, answered in front of Flask."""
