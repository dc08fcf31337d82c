"""The names of `fixtures/traces/` as identities."""

from __future__ import annotations

from flowmap.names import Origin
from flowmap.observe.identity import Identity, library_file, of_function, without_comprehensions

__all__ = ["Identity", "of_function", "of_recorded", "without_comprehensions"]

_ORIGINS = {
    "django": Origin.DISTRIBUTION.value,
    "project": Origin.PROJECT.value,
    "stdlib": Origin.STDLIB.value,
    "other": Origin.DEPENDENCY.value,
}


def of_recorded(module: str, qualname: str) -> Identity:
    """`module` is `django:django/core/x.py` and its like, as the recordings have it."""
    origin, _, file = module.partition(":")
    if origin == "stdlib":
        file = library_file(file)
    return Identity(_ORIGINS[origin], file, without_comprehensions(qualname))
