"""Labelled traffic by somebody who has not seen the rules: readers and machines after public documentation alone."""
