"""What staff do to one reader: add, edit, stop, let be mailed again."""
