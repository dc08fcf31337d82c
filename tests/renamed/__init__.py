"""A copy of a release under other names: what it calls its own functions must not matter."""
