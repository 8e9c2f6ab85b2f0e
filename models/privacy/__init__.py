"""What a person may ask of us about themselves."""
