"""Which calls of a function share an activation once there are many."""

from __future__ import annotations

import pytest

from flowmap.analysis.bounds import Bounds
from tests.unit.analysis.programs import callees

_MANY = range(Bounds().contexts_per_function + 4)


@pytest.mark.parametrize(
    ("parameter", "body"),
    [
        ("name", "self.known['by.' + name] = function"),
        ("*names", "for name in names: self.known['by.' + name] = function"),
    ],
)
def test_names_keep_apart_what_is_registered_by_them(parameter: str, body: str) -> None:
    last = _MANY[-1]
    source = (
        "class Registry:\n    def __init__(self): self.known = {}\n"
        f"    def add(self, function, {parameter}):\n        {body}\nregistry = Registry()\n"
        + "\n".join(f"def f{i}(): pass\nregistry.add(f{i}, 'n{i}')" for i in _MANY)
        + f"\ndef use(): registry.known['by.n{last}']()\nuse()\n"
    )

    assert callees(source, "use") == {f"f{last}"}
