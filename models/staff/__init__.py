"""The people who run newsletters, and the record of what they did."""
