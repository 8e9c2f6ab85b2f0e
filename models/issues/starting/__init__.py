"""What a new issue can begin with: an earlier one, or a template."""
