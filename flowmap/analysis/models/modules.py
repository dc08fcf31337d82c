"""Models of importlib, pkgutil and inspect: modules found by name, at run time."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.models.registry import library, model, table
from flowmap.analysis.result import Reason
from flowmap.analysis.values import NOTHING, Constant, Instance, PointsTo
from flowmap.characters import is_identifier


@model("importlib.import_module")
def import_module(call: NativeCall) -> PointsTo:
    """`import_module(name, package)`; an unknown name is a gap."""
    machine, space = call.machine, call.machine.space
    result = NOTHING
    packages = [p.value for p in (call.argument(1, "package") or NOTHING).items if isinstance(p, Constant)]
    diverged = False
    is_open = False
    for name in (call.argument(0, "name") or NOTHING).items:
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            machine.gap(call.frame, call.site, Reason.UNKNOWN_VALUE.value)
            is_open = True
            continue
        for full in _absolute(name.value, packages):
            try:
                module = machine.import_dotted(call.frame, full, call.site, machine.string_evidence(name.value))
            except DivergedError:
                diverged = True
                if _is_missed(call, full):
                    machine.gap(call.frame, call.site, Reason.MODULE_MISSING.value, full)
                continue
            machine.mark_found(module, name.value)
            result = space.join(result, module)
    if is_open and not result.items:
        # Where some names are known, that there may be others is a gap and no more: the unknown would hide them.
        return space.unknown(Reason.UNKNOWN_VALUE.value)
    if diverged and not result.items:
        raise DivergedError
    return result


def _is_missed(call: NativeCall, name: str) -> bool:
    """Whether a module should be there: nothing of its package is, or a setting names it and does not mean a class."""
    machine = call.machine
    if not all(map(is_identifier, name.split("."))):
        return False
    if machine.library.find(name.partition(".")[0]) is None:
        return True
    package, _, last = name.rpartition(".")
    parent = machine.modules.get(package)
    bound = parent.cells.get(last) if parent is not None else None
    return name in machine.named_in_settings and (bound is None or not bound.value.items)


def _absolute(name: str, packages: list[object]) -> list[str]:
    if not name.startswith("."):
        return [name]
    level = len(name) - len(name.lstrip("."))
    result = []
    for package in packages:
        if isinstance(package, str):
            parts = package.split(".")
            result.append(".".join([*parts[: len(parts) - level + 1], name.lstrip(".")]))
    return result


@model("importlib.reload")
def reload(call: NativeCall) -> PointsTo:
    return call.argument(0) or NOTHING


@library("pkgutil.iter_modules", "pkgutil.walk_packages")
def iterate_modules(call: NativeCall) -> PointsTo:
    """(finder, name, is_package) for each module of the tree in some folders; walking imports the packages."""
    machine, space = call.machine, call.machine.space
    prefixes = [v.value for v in (call.argument(1, "prefix") or space.constant("")).items if isinstance(v, Constant)]
    walks = call.name.qualname == "walk_packages"
    pending = [
        (folder.value, str(prefix))
        for folder in machine.elements_of(call.frame, call.argument(0, "path") or NOTHING, call.site).items
        for prefix in prefixes if isinstance(folder, Constant) and isinstance(folder.value, str)
    ]  # fmt: skip
    finder = machine.any_of("FileFinder")
    made: list[PointsTo] = []
    while pending:
        folder, prefix = pending.pop(0)
        for name, is_package in machine.library.modules_in(folder):
            made.append(machine.make_tuple([finder, space.constant(prefix + name), space.constant(is_package)]))
            if walks and is_package and len(made) < machine.bounds.unrolled_items:
                pending.append((f"{folder}/{name}", f"{prefix}{name}."))
                try:
                    machine.import_dotted(call.frame, prefix + name, call.site, machine.string_evidence(name))
                except DivergedError:
                    continue
    return machine.make_iterator("modules", made, NOTHING)


@model("inspect.getmembers")
def members(call: NativeCall) -> PointsTo:
    """(name, value) of the attributes for which the predicate may hold."""
    machine, space = call.machine, call.machine.space
    predicate = call.argument(1, "predicate")
    rows: list[PointsTo] = []
    for owner in (call.argument(0) or NOTHING).items:
        cells = machine.cells_of(owner)
        for name in sorted(cells or ()):
            value = machine.get_attribute(call.frame, owner, name, call.site)
            if not value.items:
                continue
            if predicate is not None:
                answers = call.invoke(predicate, value)
                if answers.items and not any(machine.truth(call.frame, a, call.site)[0] for a in answers.items):
                    continue
            rows.append(machine.make_tuple([space.constant(name), value]))
    return machine.make_iterator("members", rows, NOTHING)


@model("inspect.markcoroutinefunction")
def mark_coroutine_function(call: NativeCall) -> PointsTo:
    machine = call.machine
    for value in (call.argument(0) or NOTHING).items:
        machine.set_attribute(call.frame, value, "_is_coroutine_mark", machine.space.constant(value=True), call.site)
    return call.argument(0) or NOTHING


@model("inspect.unwrap")
def unwrap(call: NativeCall) -> PointsTo:
    machine = call.machine
    values = call.argument(0) or NOTHING
    for _ in range(8):
        inner = NOTHING
        for value in values.items:
            cells = machine.cells_of(value)
            cell = cells.get("__wrapped__") if cells is not None and not isinstance(value, Instance) else None
            inner = machine.space.join(
                inner, machine.read(cell, call.frame) if cell is not None else machine.space.one(value)
            )
        if inner is values:
            break
        values = inner
    return values


table("bool", "isgeneratorfunction isgenerator iscoroutine isawaitable isabstract ismethod isbuiltin isroutine "
      "isasyncgen isasyncgenfunction isdatadescriptor ismethoddescriptor", "inspect")  # fmt: skip
table("str", "getdoc cleandoc getsource getfile getsourcefile getmodulename", "inspect")
