"""What is looked at before an issue gets its time: its hour and day, other issues, and how many readers it has."""
