"""Models of importlib's specs and loaders: modules of the tree found and executed step by step."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.models.layout import shared
from flowmap.analysis.models.objects import blank_module
from flowmap.analysis.models.registry import declare, library, model, table
from flowmap.analysis.result import Reason
from flowmap.analysis.values import NOTHING, Cell, Class, Constant, Instance, Module, PointsTo, Value

declare("ModuleSpec", "importlib.machinery", "object", "__init__ __eq__")
declare("Loader", "importlib.abc", "object", "load_module")
declare("MetaPathFinder", "importlib.abc", "object", "invalidate_caches")
declare("PathEntryFinder", "importlib.abc", "object", "invalidate_caches")
declare("InspectLoader", "importlib.abc", "Loader", "is_package get_source get_code")
declare("ExecutionLoader", "importlib.abc", "InspectLoader", "get_filename")
declare("SourceLoader", "importlib.abc", "ExecutionLoader", "path_stats")
declare("SourceFileLoader", "importlib.machinery", "SourceLoader", "__init__ create_module exec_module get_data")
declare("SourcelessFileLoader", "importlib.machinery", "SourceFileLoader", "")
declare("ExtensionFileLoader", "importlib.machinery", "SourceFileLoader", "")
declare("FileFinder", "importlib.machinery", "object", "find_spec invalidate_caches")
declare("PathFinder", "importlib.machinery", "object", "*find_spec *invalidate_caches")
table(
    "None",
    "MetaPathFinder.invalidate_caches PathEntryFinder.invalidate_caches SourceFileLoader.create_module",
    "importlib.abc",
)
table(
    "None",
    "SourceFileLoader.create_module FileFinder.invalidate_caches PathFinder.invalidate_caches",
    "importlib.machinery",
)
table("None", "invalidate_caches", "importlib")
table("bool", "InspectLoader.is_package", "importlib.abc")
table("str None", "InspectLoader.get_source", "importlib.abc")
table("str", "ExecutionLoader.get_filename", "importlib.abc")
table("bytes", "SourceFileLoader.get_data", "importlib.machinery")
table("str", "cache_from_source source_from_cache resolve_name decode_source", "importlib.util")
table("str", "version", "importlib.metadata")
table("str", "read_text contents", "importlib.resources")
table("bytes", "read_binary", "importlib.resources")


def _write(owner: Instance, call: NativeCall, **values: PointsTo) -> None:
    for name, value in values.items():
        call.machine.write(owner.attributes.setdefault(name, Cell()), value)


@model("importlib.machinery.ModuleSpec.__init__")
def init_spec(call: NativeCall) -> PointsTo:
    """`ModuleSpec(name, loader, *, origin=None, loader_state=None, is_package=None)`."""
    none = call.machine.space.constant(None)
    _write(
        call.instance, call, name=call.argument(1, "name") or NOTHING, loader=call.argument(2, "loader") or none,
        origin=call.argument(10, "origin") or none, loader_state=call.argument(10, "loader_state") or none,
        submodule_search_locations=none,
    )  # fmt: skip
    return none


def _spec(call: NativeCall, name: str, origin: PointsTo, folder: PointsTo, loader: PointsTo | None = None) -> PointsTo:
    machine = call.machine
    key = ("spec", name, origin)
    made = shared(machine, machine.native_class("ModuleSpec"), key)
    constant = machine.space.constant
    parent = name if any(not isinstance(v, Constant) for v in folder.items) else name.rpartition(".")[0]
    _write(made, call, name=constant(name), origin=origin, submodule_search_locations=folder, parent=constant(parent),
           loader=loader or machine.any_of("SourceFileLoader"), has_location=constant(value=True))  # fmt: skip
    return machine.space.one(made)


@library(
    "importlib.util.find_spec", "importlib.find_loader", "imp.find_module", "pkgutil.find_loader", "pkgutil.get_loader"
)
def find_spec(call: NativeCall) -> PointsTo:
    """The spec of a module of the tree, None when it surely is not there; imports the packages above it."""
    return _find(call, call.argument(0, "name") or NOTHING)


@model("importlib.machinery.PathFinder.find_spec")
def find_on_path(call: NativeCall) -> PointsTo:
    first = call.arguments.positional[0] if call.arguments.positional else NOTHING
    start = 1 if any(isinstance(v, Class) for v in first.items) else 0
    return _find(call, call.argument(start, "fullname") or NOTHING)


@model("importlib.machinery.FileFinder.find_spec")
def find_in_folder(call: NativeCall) -> PointsTo:
    return _find(call, call.argument(1, "fullname") or NOTHING)


def _find(call: NativeCall, names: PointsTo) -> PointsTo:
    machine, space = call.machine, call.machine.space
    result = NOTHING
    for name in names.items:
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            result = space.join_all([result, space.unknown(Reason.EXTERNAL.value), space.constant(None)])
            continue
        if "." in name.value:
            try:
                machine.import_dotted(
                    call.frame, name.value.rpartition(".")[0], call.site, machine.string_evidence(name.value)
                )
            except DivergedError:
                result = space.join(result, space.constant(None))
                continue
        result = space.join(result, _spec_of(call, name.value))
    return result


def _spec_of(call: NativeCall, name: str) -> PointsTo:
    machine, space = call.machine, call.machine.space
    source = machine.library.find(name)
    none = space.constant(None)
    if source is None:
        return space.unknown(Reason.EXTERNAL.value) if name in machine.modules else none
    origin, folder = none, none
    if source.file is not None:
        origin = space.constant(machine.library.virtual_path(source.origin, source.file.path))
    if source.folder is not None:
        path = space.constant(machine.library.virtual_path(source.origin, source.folder))
        folder = machine.make_list(call.frame, [path], NOTHING, ("locations", name))
    return _spec(call, name, origin, folder)


@library("importlib.util.spec_from_file_location", "importlib.util.spec_from_loader")
def make_spec(call: NativeCall) -> PointsTo:
    """A spec of a name, a file or a loader that the program gives."""
    space = call.machine.space
    none = space.constant(None)
    from_loader = call.name.qualname == "spec_from_loader"
    loader = call.argument(1, "loader") if from_loader else call.argument(10, "loader")
    origin = none if from_loader else call.argument(1, "location") or none
    result = NOTHING
    for name in (call.argument(0, "name") or NOTHING).items:
        text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
        result = space.join(result, _spec(call, text, origin, none, loader))
    return result


@library("importlib.util.module_from_spec")
def module_from_spec(call: NativeCall) -> PointsTo:
    """Asks the loader's `create_module`; else a module of the spec's name, not yet executed."""
    machine, space = call.machine, call.machine.space
    result = NOTHING
    for spec in (call.argument(0, "spec") or NOTHING).items:
        made = NOTHING
        for loader in machine.get_attribute(call.frame, spec, "loader", call.site).items:
            if isinstance(loader, Instance) and not loader.cls.is_native:
                found = machine.find_attribute(call.frame, loader, "create_module", call.site)
                made = space.join(
                    made, call.invoke(found, space.one(spec), evidence="call") if found is not None else NOTHING
                )
        modules = [v for v in made.items if not (isinstance(v, Constant) and v.value is None)]
        if not modules:
            modules = [
                _module_of(call, name) for name in machine.get_attribute(call.frame, spec, "name", call.site).items
            ]
        result = space.join(result, space.of(modules) if modules else NOTHING)
    return result


def _module_of(call: NativeCall, name: Value) -> Value:
    text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
    known = call.machine.modules.get(text)
    return known if known is not None else blank_module(call, text)


@library("importlib.machinery.SourceFileLoader.exec_module", "importlib.abc.Loader.load_module")
def execute(call: NativeCall) -> PointsTo:
    """Runs the body of the module of that name, whose names become those of the module object."""
    machine, space = call.machine, call.machine.space
    if call.name.qualname == "Loader.load_module":
        return NOTHING
    for target in (call.argument(1, "module") or NOTHING).items:
        if not isinstance(target, Module):
            continue
        try:
            loaded = machine.import_dotted(call.frame, target.name, call.site, "import-string")
        except DivergedError:
            machine.gap(call.frame, call.site, Reason.MODULE_MISSING.value, target.name)
            continue
        for module in loaded.items:
            if isinstance(module, Module) and module is not target:
                for name, cell in list(module.cells.items()):
                    machine.set_global(target, name, machine.read(cell, call.frame))
    return space.constant(None)


@model("importlib.machinery.SourceFileLoader.__init__")
def init_loader(call: NativeCall) -> PointsTo:
    _write(call.instance, call, name=call.argument(1, "fullname") or NOTHING, path=call.argument(2, "path") or NOTHING)
    return call.machine.space.constant(None)
