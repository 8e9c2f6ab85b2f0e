"""Approval (決裁) by a route: whose yes an issue needs, in which order, and how far it has come."""
