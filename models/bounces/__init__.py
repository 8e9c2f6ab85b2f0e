"""What a returned letter says of a reader's address."""
