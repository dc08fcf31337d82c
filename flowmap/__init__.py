"""Reads the source of a release and shows what happens, call by call, from its command line to a response."""

__version__ = "0.1.0"
