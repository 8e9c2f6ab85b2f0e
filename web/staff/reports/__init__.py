"""Reports: one issue, a newsletter over months, what was read, two issues compared, a month on paper, rankings."""
