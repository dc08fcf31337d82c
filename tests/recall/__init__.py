"""Holds the static call graph of real releases against recordings of them: `python -m tests.recall`."""
