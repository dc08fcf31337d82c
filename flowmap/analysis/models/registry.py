"""The table of models: by dotted name, what a builtin or C function returns and whom it calls back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.values import PointsTo

Model: TypeAlias = Callable[[NativeCall], PointsTo]

MODELS: dict[str, Model] = {}
"""By `module.function` or `module.Class.method`."""


def model(*names: str) -> Callable[[Model], Model]:
    """Registers a function as the model of these names."""

    def register(function: Model) -> Model:
        for name in names:
            MODELS[name] = function
        return function

    return register


def returning(*types: str) -> Model:
    """The model of a function that calls nothing back and returns some object of one of these builtin types."""

    def run(call: NativeCall) -> PointsTo:
        machine = call.machine
        return machine.space.join_all(
            [machine.space.constant(None) if name == "None" else machine.any_of(name) for name in types]
        )

    return run


def table(types: str, names: str, prefix: str = "builtins") -> None:
    """Registers `returning` for many names: `table("str None", "a b", "os")`."""
    for name in names.split():
        MODELS.setdefault(f"{prefix}.{name}", returning(*types.split()))
