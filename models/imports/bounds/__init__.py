"""What may come in as a list, and how much of it may be in memory."""
