"""Alarms: many complaints about an issue, many unknown mailboxes in a lane. They warn staff, or pause by themselves."""
