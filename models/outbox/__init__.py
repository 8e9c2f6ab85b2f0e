"""Single letters that wait to be sent."""
