"""Models of str, bytes and numbers: methods of constants are folded, others give their result's type."""

from __future__ import annotations

import re

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.models.registry import MODELS, Model, model, table
from flowmap.analysis.values import NOTHING, Arguments, Class, Constant, Instance, PointsTo, Tuple, Value
from flowmap.characters import is_settled

WIDE = re.compile(r"\d{5}")
_TEXT = """
capitalize casefold center expandtabs format_map ljust lower lstrip removeprefix removesuffix replace rjust rstrip
strip swapcase title translate upper zfill
"""
_BOOL = """
endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper
startswith
"""
_NUMBER = "count find index rfind rindex"
_PARTS = "partition rpartition"
_LISTS = "split rsplit splitlines"
_STR = (*_TEXT.split(), *_BOOL.split(), *_NUMBER.split(), *_PARTS.split(), *_LISTS.split(), "encode")


def _plain(values: PointsTo) -> list[object] | None:
    """The Python values of a set of constants and of tuples of constants."""
    result: list[object] = []
    for value in values.items:
        if isinstance(value, Constant):
            result.append(value.value)
        elif isinstance(value, Tuple):
            parts = [_plain(element) for element in value.elements]
            if any(part is None or len(part) != 1 for part in parts):
                return None
            result.append(tuple(part[0] for part in parts if part))
        else:
            return None
    return result


def folding(kind: type, name: str, result: str) -> Model:
    """The model of a method without side effects: folded over constants, else of its result's type."""
    method = getattr(kind, name)

    def run(call: NativeCall) -> PointsTo:
        columns = [_plain(values) for values in call.arguments.positional]
        if call.arguments.keywords or call.arguments.star is not None or any(c is None for c in columns):
            return _typed(call, result)
        count = 1
        for column in columns:
            count *= len(column or ())
        if count > call.machine.bounds.string_product:
            return _typed(call, result)
        made = NOTHING
        for row in _rows([c or [] for c in columns]):
            if not (_is_short(row, call.machine.bounds.string_length) and _is_settled(name, row)):
                made = call.machine.space.join(made, _typed(call, result))
                continue
            try:
                value = method(*row)
            except (TypeError, ValueError, LookupError):
                continue
            made = call.machine.space.join(made, lift(call, value))
        return made if made.items else _typed(call, result)

    return run


def _is_short(row: tuple[object, ...], limit: int) -> bool:
    """Whether a method of these operands makes no text that is longer than a text may be."""
    if any(isinstance(part, int) and abs(part) > limit for part in row):
        return False
    length = 1
    for part in row:
        if isinstance(part, (str, bytes)):
            length *= max(len(part), 1)
    return len(row) < 3 or length <= limit * limit


def _is_settled(method: str, row: tuple[object, ...]) -> bool:
    """Whether the answer is the same on every Python; what is a number was settled later than what is a character."""
    settled = str.isascii if method == "isnumeric" else is_settled
    return all(settled(part) for part in row if isinstance(part, str))


def _rows(columns: list[list[object]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [()]
    for column in columns:
        rows = [(*row, value) for row in rows for value in column]
    return rows


def lift(call: NativeCall, value: object) -> PointsTo:
    """The abstract value of a Python value made of constants."""
    machine = call.machine
    if isinstance(value, tuple):
        return machine.make_tuple([lift(call, item) for item in value])
    if isinstance(value, list):
        items = [lift(call, item) for item in value]
        return machine.make_list(call.frame, items, NOTHING, (call.site, tuple(items)))
    return machine.space.constant(value)


def _typed(call: NativeCall, result: str) -> PointsTo:
    machine = call.machine
    if result == "list":
        return machine.make_list(call.frame, None, machine.any_of("str"), (call.site, "some"))
    if result == "parts":
        return machine.make_tuple([machine.any_of("str")] * 3)
    return machine.any_of(result)


for _name in _STR:
    _kind = (
        "bool" if _name in _BOOL.split() else "int" if _name in _NUMBER.split() else "parts" if _name in _PARTS.split()
        else "list" if _name in _LISTS.split() else "bytes" if _name == "encode" else "str"
    )  # fmt: skip
    MODELS[f"builtins.str.{_name}"] = folding(str, _name, _kind)
table("bytes", "bytes.lower bytes.upper bytes.strip bytes.lstrip bytes.rstrip bytes.replace bytes.join bytes.title")
table("str", "bytes.hex str.maketrans str.__mod__ str.__mul__ str.__rmod__ float.hex")
table("bool", "bytes.startswith bytes.endswith bytes.isdigit float.is_integer str.__contains__ bytes.__contains__")
table("int", "bytes.find bytes.index bytes.count str.__len__ bytes.__len__ int.bit_length int.__index__ int.__int__")
table("int", "int.from_bytes")
table("float", "float.fromhex")
table("bytes", "int.to_bytes bytes.__add__ bytes.fromhex bytes.translate memoryview.tobytes")
MODELS["builtins.bytes.decode"] = folding(bytes, "decode", "str")


@model("builtins.bytes.split", "builtins.bytes.rsplit", "builtins.bytes.splitlines")
def split_bytes(call: NativeCall) -> PointsTo:
    return call.machine.make_list(call.frame, None, call.machine.any_of("bytes"), (call.site, "some"))


@model("builtins.bytes.partition", "builtins.bytes.rpartition")
def partition_bytes(call: NativeCall) -> PointsTo:
    return call.machine.make_tuple([call.machine.any_of("bytes")] * 3)


@model("builtins.str.join")
def join(call: NativeCall) -> PointsTo:
    """`separator.join(parts)`: folded when the parts are known one by one."""
    machine = call.machine
    parts = call.argument(1) or NOTHING
    result = NOTHING
    for value in parts.items:
        items = machine.items_of(call.frame, value, call.site)
        if items is None:
            machine.elements_of(call.frame, machine.space.one(value), call.site)
            result = machine.space.join(result, machine.any_of("str"))
            continue
        separators = call.arguments.positional[0]
        made = machine.combine([separators, *items], lambda row: str(row[0]).join(row[1:]) if _all_text(row) else None)  # type: ignore[arg-type]  # texts, see _all_text
        result = machine.space.join(result, made)
    return result


def _all_text(row: tuple[object, ...]) -> bool:
    return all(isinstance(part, str) for part in row)


def formatted(call: NativeCall, values: PointsTo, spec: PointsTo) -> PointsTo:
    """`format(value, spec)`: calls the `__format__` of the program, else `__str__`."""
    machine = call.machine
    result = NOTHING
    for value in values.items:
        found = machine.lookup(call.frame, value.cls, "__format__") if isinstance(value, Instance) else None
        if found is not None and not found[0].is_native:
            made = machine.call_special(call.frame, value, "__format__", Arguments((spec,)), call.site, "operator")
            result = machine.space.join(result, made or NOTHING)
        else:
            result = machine.space.join(result, machine.text_of(call.frame, machine.space.one(value), call.site))
    return result


@model("builtins.str.format")
def format_(call: NativeCall) -> PointsTo:
    """`text.format(...)`; calls `__format__` and `__str__` of what is put in."""
    machine = call.machine
    arguments = call.arguments
    if arguments.star is not None or arguments.double_star is not None:
        return machine.any_of("str")
    columns = [arguments.positional[0]]
    spec = machine.any_of("str")
    columns.extend(formatted(call, value, spec) for value in arguments.positional[1:])
    names = [name for name, _ in arguments.keywords]
    columns.extend(formatted(call, value, spec) for _, value in arguments.keywords)
    count = len(arguments.positional)

    def make(row: tuple[object, ...]) -> object:
        # A width of five digits makes more text than a text may hold.
        if WIDE.search(str(row[0])):
            return None
        return str(row[0]).format(*row[1:count], **dict(zip(names, row[count:], strict=True)))

    return machine.combine(columns, make)


@model("builtins.str.__new__")
def new_str(call: NativeCall) -> PointsTo:
    """`str(x)`; of a subclass an object of it."""
    machine = call.machine
    value = call.argument(1, "object")
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        text = machine.space.constant("") if value is None else machine.text_of(call.frame, value, call.site)
        if isinstance(cls, Class) and not cls.is_native:
            text = machine.space.one(machine.allocate(call.frame, cls, call.site))
        result = machine.space.join(result, text)
    return result


def _number(call: NativeCall, kind: type, special: tuple[str, ...]) -> PointsTo:
    machine = call.machine
    value = call.argument(1)
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class) and not cls.is_native:
            result = machine.space.join(result, machine.space.one(machine.allocate(call.frame, cls, call.site)))
            continue
        if value is None:
            result = machine.space.join(result, machine.space.constant(kind()))
        for each in value.items if value is not None else ():
            result = machine.space.join(result, _convert(call, kind, each, special))
    if not result.items:
        # A ValueError, whatever it is given.
        raise DivergedError
    return result


def _convert(call: NativeCall, kind: type, value: Value, special: tuple[str, ...]) -> PointsTo:
    machine = call.machine
    is_known = isinstance(value, Constant) and not (isinstance(value.value, str) and not is_settled(value.value))
    if is_known and isinstance(value, Constant) and len(call.arguments.positional) == 2:
        try:
            return machine.space.constant(kind(value.value))
        except (TypeError, ValueError, OverflowError):
            return NOTHING
    if isinstance(value, Instance) and not value.cls.is_native:
        for name in special:
            found = machine.lookup(call.frame, value.cls, name)
            if found is not None and not found[0].is_native:
                machine.call_special(call.frame, value, name, Arguments(), call.site, "operator")
                break
    return machine.any_of(kind.__name__)


@model("builtins.int.__new__")
def new_int(call: NativeCall) -> PointsTo:
    return _number(call, int, ("__int__", "__index__", "__trunc__"))


@model("builtins.float.__new__")
def new_float(call: NativeCall) -> PointsTo:
    return _number(call, float, ("__float__", "__index__"))


@model("builtins.bool.__new__")
def new_bool(call: NativeCall) -> PointsTo:
    machine = call.machine
    value = call.argument(1)
    if value is None:
        return machine.space.constant(value=False)
    result = NOTHING
    for each in value.items:
        holds, fails = machine.truth(call.frame, each, call.site)
        for answer, may in ((True, holds), (False, fails)):
            if may:
                result = machine.space.join(result, machine.space.constant(answer))
    return result


@model("builtins.bytes.__new__", "builtins.complex.__new__")
def new_scalar(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    special = "__bytes__" if call.name.qualname.startswith("bytes") else "__complex__"
    for value in (call.argument(1) or NOTHING).items:
        if isinstance(value, Instance) and not value.cls.is_native:
            machine.call_special(call.frame, value, special, Arguments(), call.site, "operator")
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class):
            made = (
                machine.any_of(cls.name)
                if cls.is_native
                else machine.space.one(machine.allocate(call.frame, cls, call.site))
            )
            result = machine.space.join(result, made)
    return result


@model("builtins.str.__iter__", "builtins.str.__getitem__", "builtins.str.__add__")
def characters(call: NativeCall) -> PointsTo:
    if call.name.qualname.endswith("__iter__"):
        return call.machine.make_iterator("str", None, call.machine.any_of("str"))
    return call.machine.any_of("str")
