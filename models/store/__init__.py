"""The ground that every table stands on."""
