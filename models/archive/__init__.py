"""What the public may read: issues and articles that have been sent, and the search over them."""
