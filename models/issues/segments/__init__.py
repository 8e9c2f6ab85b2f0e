"""Who gets an issue: conditions on readers, flat or combined with and, or and not, and those saved under a name."""
