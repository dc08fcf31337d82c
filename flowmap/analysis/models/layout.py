"""The builtin classes and native modules, as data, and how a machine gets them."""

from __future__ import annotations

from collections.abc import Hashable

from flowmap.analysis.machine import Machine
from flowmap.analysis.models.builtin_classes import builtin_classes
from flowmap.analysis.models.exceptions import ALIASES, SINCE, exception_bases
from flowmap.analysis.models.registry import CLASSES, MODELS, Model, NativeClass
from flowmap.analysis.platform import OVERLAID
from flowmap.analysis.values import Arguments, Cell, Class, Instance, Module, Native, Partial, PointsTo
from flowmap.names import FunctionName, Origin

FUNCTIONS = """
abs aiter all anext any ascii bin breakpoint callable chr compile delattr dir divmod enumerate eval exec filter format
getattr globals hasattr hash help hex id input isinstance issubclass iter len locals map max min next oct open ord pow
print repr reversed round setattr sorted sum vars zip __import__ __build_class__
"""
_HIDDEN = frozenset({"NoneType", "iterator", "ellipsis"})


def build(machine: Machine) -> None:
    """Makes the native classes and functions, and one native module a prefix that has models."""
    space = machine.space
    for name, parts in builtin_classes().items():
        _make_class(machine, name, NativeClass(*parts))
    for name, base in exception_bases().items():
        _make_exception(machine, name, base)
    for name, declaration in CLASSES.items():
        _make_class(machine, name, declaration)
    for type_ in (str, bytes, int, float):
        space.wide[type_] = machine.any_of(type_.__name__).items[0]
    namespace = native_module(machine, "builtins")
    for name in FUNCTIONS.split():
        _bind(machine, namespace, name, native_function(machine, "builtins", name))
    for name, cls in machine.natives.items():
        if cls.module == "builtins" and name not in _HIDDEN and SINCE.get(name, (0, 0)) <= machine.outside.python:
            _bind(machine, namespace, name, space.one(cls))
    for name, meant in ALIASES.items():
        _bind(machine, namespace, name, space.one(machine.natives[meant]))
    _bind(machine, namespace, "Ellipsis", machine.any_of("ellipsis"))
    _bind(machine, namespace, "NotImplemented", space.external("builtins.NotImplemented"))
    owners = {f"{cls.module}.{cls.name}" for cls in machine.natives.values()}
    for name in MODELS:
        module, _, function = name.rpartition(".")
        if module not in owners and module != "builtins":
            bind_native(machine, module, function, native_function(machine, module, function))
    for cls in machine.natives.values():
        if cls.module != "builtins":
            bind_native(machine, cls.module, cls.name, space.one(cls))


def native_module(machine: Machine, name: str) -> Module:
    """The native module of that name, made when it is new, as an attribute of its package."""
    module = machine.modules.get(name)
    if module is None:
        module = Module(name, Origin.STDLIB)
        module.is_native = True
        module.state = "done"
        machine.space.number(module)
        machine.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            _bind(machine, native_module(machine, parent), last, machine.space.one(module))
    return module


def native_function(machine: Machine, module: str, name: str, *, is_method: bool = False) -> PointsTo:
    """The C function of that name."""
    run: Model | None = MODELS.get(f"{module}.{name}")
    function = FunctionName(module, name)
    key = ("native", function)
    return machine.space.one(machine.space.intern(key, lambda: Native(function, run, is_method=is_method)))


def shared(machine: Machine, cls: Class, key: Hashable, *, single: bool = True) -> Instance:
    """The object of a class that stands for a key, wherever it is made."""
    made = machine.space.intern(key, lambda: Instance(cls, key, exact=True, single=single))
    assert isinstance(made, Instance)
    return made


def partial(machine: Machine, functions: PointsTo, given: Arguments) -> PointsTo:
    """`functools.partial(functions, ...)`."""
    function = functions.items[0]
    key = ("partial", function, given.key, False)
    return machine.space.one(machine.space.intern(key, lambda: Partial(function, given, 1, is_method=False)))


def _bind(machine: Machine, module: Module, name: str, value: PointsTo) -> None:
    machine.write(module.cells.setdefault(name, Cell()), value)


def bind_native(machine: Machine, module: str, name: str, value: PointsTo) -> None:
    """Gives a native module a member; in a module that is read from source it takes the place of the source's."""
    if module in OVERLAID:
        machine.pinned.setdefault(module, {})[name] = value
    else:
        _bind(machine, native_module(machine, module), name, value)


def _make_class(machine: Machine, key: str, declaration: NativeClass) -> None:
    name, module = key.rpartition(".")[2], declaration.module
    cls = Class(name, module, name, None)
    machine.space.number(cls)
    cls.is_native = True
    machine.natives[key] = cls
    parents = tuple(machine.natives[base] for base in declaration.bases.split())
    cls.bases = parents
    cls.derive((cls, *_after(parents)))
    cls.metaclass = machine.natives.get(declaration.metaclass)
    cls.is_partial = declaration.is_partial
    for method in declaration.methods.split():
        plain = method.lstrip("*.")
        made = _method(machine, cls, module, plain, is_static=method.startswith("*"))
        cell = cls.attributes[plain] = Cell()
        cell.value = _property(machine, cls, plain, made) if method.startswith(".") else made


def _after(parents: tuple[Class, ...]) -> tuple[Class, ...]:
    """The rest of the method resolution order: what several parents share comes last."""
    rest = [each for parent in parents for each in parent.mro]
    return tuple(each for i, each in enumerate(rest) if each not in rest[i + 1 :])


def _property(machine: Machine, cls: Class, name: str, getter: PointsTo) -> PointsTo:
    key = ("native property", cls, name)
    made = machine.space.intern(key, lambda: Instance(machine.natives["property"], key, exact=True, single=True))
    assert isinstance(made, Instance)
    made.attributes["fget"] = Cell()
    made.attributes["fget"].value = getter
    return machine.space.one(made)


def _method(machine: Machine, cls: Class, module: str, name: str, *, is_static: bool) -> PointsTo:
    function = FunctionName(module, f"{cls.name}.{name}")
    run = next((MODELS[key] for key in (f"{c.module}.{c.name}.{name}" for c in cls.mro) if key in MODELS), None)
    key = ("native", function)
    return machine.space.one(machine.space.intern(key, lambda: Native(function, run, is_method=not is_static)))


def _make_exception(machine: Machine, name: str, base: str) -> None:
    methods = "*__new__ __init__ with_traceback add_note __str__ __repr__" if base == "object" else ""
    methods += ".value" if name == "StopIteration" else ""
    _make_class(machine, name, NativeClass("builtins", base, methods))
