"""What came back: hits, their verdicts, roll-ups, rankings."""
