"""What the numbers say: rankings and their evidence, reports of issues, briefings."""
