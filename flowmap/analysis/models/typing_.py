"""Models of typing: annotations evaluate to classes, generic aliases to what they are aliases of."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import declare, model, table
from flowmap.analysis.values import NOTHING, PointsTo

_FORMS = """
Any Union Optional Literal Final Annotated Concatenate TypeGuard Self Never NoReturn LiteralString
Required NotRequired Unpack
"""
_CLASSES = """
IO TextIO BinaryIO Hashable Sized Callable Iterable Iterator Generator Collection Container Sequence
MutableSequence Mapping MutableMapping AbstractSet MutableSet Awaitable Coroutine AsyncIterable AsyncIterator
AsyncGenerator SupportsInt SupportsFloat SupportsIndex SupportsAbs ContextManager AsyncContextManager KeysView
ValuesView ItemsView Reversible Match Pattern
"""
for _name in _FORMS.split():
    declare(f"typing.{_name}", "typing", "object", "")
declare("Generic", "typing", "object", "")
declare("_ProtocolMeta", "typing", "type", "")
declare("Protocol", "typing", "Generic", "", "_ProtocolMeta")
declare("TypedDict", "typing", "dict", "")
for _name in ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "ForwardRef"):
    declare(_name, "typing", "object", "*__new__ __call__ .__name__")
for _name in _CLASSES.split():
    declare(f"typing.{_name}", "typing", "object", "")
table("{?}", "get_type_hints", "typing")
table("?", "get_origin", "typing")
table("[?]", "get_args", "typing")
_ALIASES = {
    "List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type",
    "Text": "str", "Deque": "deque", "DefaultDict": "defaultdict", "OrderedDict": "OrderedDict", "AnyStr": "TypeVar",
}  # fmt: skip


def fill(machine: Machine) -> None:
    """Binds the aliases of builtin classes. The metaclass of protocols derives from one that is read from source."""
    machine.native_class("_ProtocolMeta").open = True
    for name, cls in _ALIASES.items():
        bind_native(machine, "typing", name, machine.space.one(machine.native_class(cls)))
    bind_native(machine, "typing", "TYPE_CHECKING", machine.space.constant(value=False))


@model("typing.TypeVar.__new__", "typing.ParamSpec.__new__", "typing.TypeVarTuple.__new__", "typing.ForwardRef.__new__")
def new_variable(call: NativeCall) -> PointsTo:
    return call.machine.any_of(call.name.qualname.partition(".")[0])


@model("typing.cast", "typing.assert_type")
def cast(call: NativeCall) -> PointsTo:
    """`cast(type, value)` is the value; `assert_type(value, type)` too."""
    return call.argument(1 if call.name.qualname == "cast" else 0) or NOTHING


@model("typing.reveal_type", "typing.NewType.__call__", "typing.dataclass_transform")
def same(call: NativeCall) -> PointsTo:
    return call.argument(1 if call.name.qualname.startswith("NewType") else 0) or NOTHING
