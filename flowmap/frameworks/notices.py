"""The licence of source that belongs to no framework: the standard library's."""

from __future__ import annotations

from importlib import resources


def standard_library_notice() -> str:
    """The licence under which Python's standard library may be quoted: the same for every version since 2.1."""
    return (resources.files(__package__) / "python-licence.txt").read_text(encoding="utf-8")
