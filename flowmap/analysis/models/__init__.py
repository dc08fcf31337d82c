"""What builtins, C functions and a few library modules do."""

from __future__ import annotations

from flowmap.analysis.machine import Machine
from flowmap.analysis.models import (  # each registers its models
    abstract,
    argument_values,
    arguments,
    copying,
    coroutines,
    dataclasses_,
    descriptors,
    enums,
    functions,
    functools_,
    heaps,
    importing,
    iteration,
    json_,
    mappings,
    modules,
    namedtuples,
    objects,
    opaque,
    options,
    regular,
    sequences,
    system,
    text,
    threads,
    typing_,
)
from flowmap.analysis.models.layout import build

__all__ = ["install"]
_PARTS = (
    abstract,
    argument_values,
    arguments,
    copying,
    coroutines,
    dataclasses_,
    descriptors,
    enums,
    namedtuples,
    functions,
    functools_,
    heaps,
    importing,
    iteration,
    json_,
    mappings,
    modules,
    objects,
    opaque,
    options,
    regular,
    sequences,
    system,
    text,
    threads,
    typing_,
)


def install(machine: Machine) -> None:
    """Gives a machine its builtin classes, functions and native modules."""
    build(machine)
    system.fill(machine)
    arguments.fill(machine)
    enums.fill(machine)
    opaque.fill(machine)
    coroutines.fill(machine)
    regular.fill(machine)
    typing_.fill(machine)
    options.fill(machine)
