"""Names of functions, and the trees that files belong to: small frozen values that hold no line and no path."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Origin(enum.StrEnum):
    """Which of the trees under study a file belongs to."""

    DISTRIBUTION = "distribution"
    PROJECT = "project"
    DEPENDENCY = "dependency"
    STDLIB = "stdlib"


# A tuple, because graphs are looked up and sorted by it: C hashes and orders it, ten times as fast as a dataclass.
class FunctionName(NamedTuple):
    """The stable id of a function, module body, class or external: `module:qualname`, never a line number.

    `qualname` is Python's own `__qualname__` (PEP 3155) with `<locals>`, `<lambda>` and `<module>`. Several
    lambdas of one parent are numbered in source order (`<lambda>`, `<lambda#2>`), and so is a name that is bound
    by `def` more than once (`C.x`, `C.x#2`: a property's getter and its setter).
    """

    module: str
    qualname: str

    def __str__(self) -> str:
        return f"{self.module}:{self.qualname}"

    @classmethod
    def parse(cls, text: str) -> FunctionName:
        """The inverse of `str()`; text without a colon is the module of that name."""
        module, _, qualname = text.partition(":")
        return cls(module, qualname or MODULE_BODY)


MODULE_BODY = "<module>"
# The name under which the module that is run sees itself.
MAIN = "__main__"


def with_parents(names: Iterable[str]) -> Iterator[str]:
    """Dotted names, each after those of the packages that it is in."""
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
