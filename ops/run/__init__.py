"""``kairan run``: the launcher and the servers that it starts."""
