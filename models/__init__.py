"""What Kairan knows: tables, states, rules and queries."""
