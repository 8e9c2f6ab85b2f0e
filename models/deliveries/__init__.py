"""What became of each reader's copy."""
