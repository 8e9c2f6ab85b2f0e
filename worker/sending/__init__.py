"""From a batch to letters that a relay has taken."""
