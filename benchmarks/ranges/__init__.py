"""How often the ranges of rankings and reports hold what is true: over years that are simulated."""
