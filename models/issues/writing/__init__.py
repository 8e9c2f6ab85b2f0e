"""Writing an issue in the browser: what is not saved yet, and who is writing."""
