"""Tests of flowmap. A package, so that `python -m tests.recall` and its like work in a checkout."""
