"""Approval (決裁) on pages: handing an issue in, deciding on it, and the paper that shows it all (起案用紙)."""
