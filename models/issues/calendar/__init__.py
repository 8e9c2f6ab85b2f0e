"""What is planned for which day: days on which offices work, monthly slots that open drafts, entries of a calendar."""
