"""Functions of a flow put together: one box a module, a class or a stage."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flowmap.callgraph.model import Function, NodeKind
from flowmap.flow.model import Flow, Step
from flowmap.names import MODULE_BODY, FunctionName


class Group(enum.StrEnum):
    """What `--group` takes."""

    MODULE = "module"
    CLASS = "class"
    STAGE = "stage"


def grouped(
    steps: Iterable[Step], all_steps: Sequence[Step], flow: Flow, group: Group
) -> tuple[list[Step], Mapping[FunctionName, Function]]:
    """The steps from one group to another, the first of those that are alike, and what stands for the groups.

    A module is its body, a class itself, at the first line of it that is shown; a stage is its landmark, and holds
    what is entered in it first.
    """
    if group is Group.STAGE:
        names = _by_stage(all_steps, flow)
    else:
        names = {name: _outer(name, group) for step in steps for name in (step.caller, step.callee)}
    found: list[Step] = []
    seen: set[tuple[FunctionName, FunctionName]] = set()
    for step in steps:
        caller, callee = names.get(step.caller, step.caller), names.get(step.callee, step.callee)
        if caller != callee and (caller, callee) not in seen:
            seen.add((caller, callee))
            found.append(replace(step, caller=caller, callee=callee, caller_layer=0, layer=0))
    return found, _functions(names, flow)


def _by_stage(steps: Iterable[Step], flow: Flow) -> dict[FunctionName, FunctionName]:
    landmarks = {stage.id: stage.landmark for stage in flow.stages}
    entered: dict[FunctionName, str] = {}
    for step in steps:
        entered.setdefault(step.callee, step.stage)
    for step in steps:
        entered.setdefault(step.caller, step.stage)
    # A landmark stands for its own stage, wherever it was entered before.
    own = {landmark: landmark for landmark in landmarks.values()}
    return {name: landmarks[stage] for name, stage in entered.items()} | own


def _outer(name: FunctionName, group: Group) -> FunctionName:
    if group is Group.MODULE:
        return FunctionName(name.module, MODULE_BODY)
    owner = name.qualname.partition(".<locals>")[0]
    # A function that is in another one, not in a class, belongs to that one.
    outer = owner if owner != name.qualname else owner.rpartition(".")[0]
    return FunctionName(name.module, outer) if outer else name


def _functions(names: Mapping[FunctionName, FunctionName], flow: Flow) -> dict[FunctionName, Function]:
    found: dict[FunctionName, Function] = {}
    members: dict[FunctionName, list[Function]] = {}
    for name, outer in names.items():
        if name in flow.functions:
            members.setdefault(outer, []).append(flow.functions[name])
    for outer, inside in members.items():
        if outer in flow.functions:
            found[outer] = flow.functions[outer]
            continue
        is_module = outer.qualname == MODULE_BODY
        first = min(inside, key=lambda each: each.line)
        last = max(each.end_line for each in inside)
        kind = NodeKind.MODULE if is_module else NodeKind.CLASS
        line = min(1, first.line) if is_module else first.line
        found[outer] = Function(outer, kind, first.origin, first.file, line, last)
    return found
