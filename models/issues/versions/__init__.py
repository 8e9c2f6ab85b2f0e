"""What issues and articles said at each time, and how two states of them differ."""
