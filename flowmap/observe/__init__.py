"""What really happens when users run their own project: recorded, written down, and held against the call graph."""
