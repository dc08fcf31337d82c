"""The table of builtin exceptions against those of the Python that runs the test."""

from __future__ import annotations

import builtins
import sys

from flowmap.analysis.models.exceptions import ALIASES, SINCE, exception_bases


def test_the_table_is_what_python_has() -> None:
    known = {name: value for name, value in vars(builtins).items() if isinstance(value, type) and name[0].isupper()}
    here = {name: value for name, value in known.items() if issubclass(value, BaseException)}
    expected = {name: " ".join(base.__name__ for base in value.__bases__) for name, value in here.items()}

    table = {**exception_bases(), **{name: exception_bases()[meant] for name, meant in ALIASES.items()}}

    assert {name: bases for name, bases in table.items() if SINCE.get(name, (0, 0)) <= sys.version_info[:2]} == expected
