"""The demo: a year of a municipal newsletter, from empty tables to the ranking of what its readers clicked.

The year lies before today. It passes in the process that fills the database, whose clock is set back, through what the
web server and the worker do with the clock of the present: readers are on lists or sign up, issues are written, sent
back, approved and mailed, readers open, click and leave. The ranking is drawn and read a day or so ago;
what waits today is of the present.
"""
