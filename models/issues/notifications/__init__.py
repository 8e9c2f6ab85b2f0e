"""Notifications: what waits for somebody of the staff, on the bell of every page and in a letter."""
