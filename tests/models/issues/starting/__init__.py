"""What a new issue can begin with."""
