"""Sums that reports are read from, so that no page counts deliveries, hits or readers."""
