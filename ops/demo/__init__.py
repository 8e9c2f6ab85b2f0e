"""The demo: a year of a municipal newsletter, from empty tables to the ranking of what its readers clicked.

Everything goes the way of real letters: files are imported, issues are approved and scheduled, the worker mails them,
readers ask the web server for what the letters link to, and the ranking is drawn from these hits.
"""
