"""Names on the internet, looked up with limits of time."""
