"""The page of the audit log, and how its entries are said."""
