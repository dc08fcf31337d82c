"""Abstract values and points-to sets: what an expression may evaluate to.

Every value is interned by the `Space` of its run, so identity is equality, and carries a sequence number, so sets
have one order that depends on nothing but the program: results do not vary with hash seeds or addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from flowmap.characters import literal
from flowmap.names import FunctionName, Origin
from flowmap.syntax import ir


class Value:
    """Base of all abstract values. `seq` orders values by the moment they were first made."""

    __slots__ = ("alone", "seq")
    seq: int
    # The set of just this value, once somebody asked for it.
    alone: PointsTo | None

    def __repr__(self) -> str:
        # Texts of values reach people and outputs: never an address.
        return f"<{type(self).__name__.lower()}>"


_SMALL: Final = 4


class PointsTo:
    """An interned, ordered set of abstract values; `joins` remembers the unions it took part in."""

    __slots__ = ("_has_crowd", "_members", "is_overflow", "items", "joins", "queries")

    def __init__(self, items: tuple[Value, ...], *, is_overflow: bool = False) -> None:
        self.items = items
        # What a cell holds for good once more came together in it than is told apart. Such a set is not interned:
        # whoever reads it sees values like any others.
        self.is_overflow = is_overflow
        self._has_crowd: bool | None = None
        self.joins: dict[PointsTo, PointsTo] = {}
        self._members: frozenset[Value] | None = None
        # By attribute; most sets are never asked for one.
        self.queries: dict[str, Query] | None = None

    @property
    def members(self) -> frozenset[Value]:
        """The items without their order."""
        members = self._members
        if members is None:
            members = frozenset(self.items)
            # Most sets are small, and theirs are made as fast as they would be found.
            if len(self.items) > _SMALL:
                self._members = members
        return members

    @property
    def has_crowd(self) -> bool:
        """Whether one of the values stands for many, and takes in more of their kind."""
        if self._has_crowd is None:
            self._has_crowd = any(map(is_crowd, self.items))
        return self._has_crowd

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.items)) + "}"


NOTHING = PointsTo(())
"""The empty set: no value reaches here (yet)."""


class Cell:
    """A variable, attribute or element of the flow-insensitive heap. Its content only grows."""

    __slots__ = ("crowds", "foreign", "is_sure", "readers", "value")

    def __init__(self) -> None:
        self.value = NOTHING
        # The cells of crowds that what is written here is let into.
        self.crowds: tuple[Cell, ...] = ()
        # Of an attribute: assigned by `__init__`, so no object is without it.
        self.is_sure = False
        # Who read it, and in which of their evaluations.
        self.readers: dict[Activation, int] | None = None
        # What was written from outside the body that owns the name (nonlocal, global, setattr on a module).
        self.foreign = NOTHING


class CrowdCell(Cell):
    """What the cells of a crowd's members hold together. What is written to it is written to each."""

    __slots__ = ("own", "sources")

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[Cell] = []
        # What was written to the crowd, for members to come.
        self.own = NOTHING


Cells: TypeAlias = MutableMapping[str, Cell]


class Constant(Value):
    """A str, bytes, int, float, bool or None whose value is known."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return literal(self.value)


class Unknown(Value):
    """A value the analysis cannot know, and why."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"?({self.reason})"


RESULT: Final = "()"
"""Stands in a dotted name behind what is called."""


class Foreign(Unknown):
    """An unknown value whose dotted name is known: what `ext.Cls` gives is `ext.Cls()`, a method of that
    `ext.Cls().method`. Of what such things give in turn nothing is said.
    """

    __slots__ = ("name",)

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


class External(Value):
    """A module, class, function or constant that is not in the source under study, by its dotted name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"external {self.name}"


class CodeBlock:
    """A code object of the program: the IR of one body with its scopes precomputed."""

    __slots__ = (
        "answered", "cells", "children", "code", "excused", "free", "function", "globals", "handed", "hands_kwarg_on",
        "index", "is_method", "is_plain", "keyword_only", "kwarg", "lines", "locals", "module", "numbers", "parameters",
        "positional", "steps", "vararg",
    )  # fmt: skip

    def __init__(self, code: ir.Code, module: Module, lines: Sequence[int]) -> None:
        self.code = code
        self.module = module
        self.lines = lines
        self.function = FunctionName(module.name, code.qualname)
        self.locals = frozenset(code.locals)
        self.cells = frozenset(code.cells)
        self.free = frozenset(code.free)
        self.globals = frozenset(code.globals)
        self.parameters = code.parameters
        owner = code.qualname.rpartition(".")[0]
        # Written in a class body.
        self.is_method = bool(owner) and not owner.endswith("<locals>")
        self.index = {p.name: i for i, p in enumerate(code.parameters) if p.kind in {1, 3}}
        # Nothing but parameters that take one argument by position.
        self.is_plain = all(p.kind <= 1 for p in code.parameters)
        self.positional = tuple(p.name for p in code.parameters if p.kind <= 1)
        self.keyword_only = tuple(p.name for p in code.parameters if p.kind == 3)
        self.vararg = next((p.name for p in code.parameters if p.kind == 2), None)
        self.kwarg = next((p.name for p in code.parameters if p.kind == 4), None)
        # The numbers it was called with, by parameter.
        self.numbers: dict[int, set[Value]] = {}
        # What all its evaluations cost so far, see Frame.
        self.steps = 0
        # Call sites that something took in some context, or that are gaps; those that nothing takes, see Misfits.
        self.answered: set[int] = set()
        self.excused: set[int] = set()
        # What the whole body says of its variables, once somebody asks, see mutations and keywords.
        self.handed: Mapping[str, int] | None = None
        self.hands_kwarg_on: bool | None = None
        # By identity of the IR node: two lambdas may be equal.
        self.children: dict[int, CodeBlock] = {}

    def __repr__(self) -> str:
        return str(self.function)


class Scope:
    """The cells of one activation that inner functions share, and the scope around it (4.2.2, resolution of names)."""

    __slots__ = ("cells", "parent")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.cells: Cells = {}


class Function(Value):
    """A function object: its code and the scope it closes over. `defaults` align with the parameters."""

    __slots__ = ("attributes", "block", "defaults", "scope")

    def __init__(self, block: CodeBlock, scope: Scope | None) -> None:
        self.block = block
        self.scope = scope
        self.defaults: list[Cell | None] = [Cell() if p.has_default else None for p in block.parameters]
        self.attributes: Cells = {}

    def __repr__(self) -> str:
        return f"<function {self.block}>"


class Arguments:
    """The arguments of one call: exact ones, and what may come through `*args` and `**kwargs` of unknown extent."""

    __slots__ = ("double_star", "keywords", "positional", "soft", "star")

    def __init__(
        self, positional: tuple[PointsTo, ...] = (), keywords: tuple[tuple[str, PointsTo], ...] = (),
        soft: tuple[tuple[str, PointsTo], ...] = (), star: PointsTo | None = None, double_star: PointsTo | None = None,
    ) -> None:  # fmt: skip
        self.positional = positional
        self.keywords = keywords
        # Keywords that come through `**mapping`, whose keys the heap only may hold: surplus ones are ignored.
        self.soft = soft
        self.star = star
        self.double_star = double_star

    @property
    def key(self) -> Hashable:
        """What tells them from other arguments."""
        return self.positional, self.keywords, self.soft, self.star, self.double_star

    def prepend(self, value: PointsTo) -> Arguments:
        return Arguments((value, *self.positional), self.keywords, self.soft, self.star, self.double_star)


class Keywords(Value):
    """What a `**kwargs` parameter receives, before it becomes the dict of one activation."""

    __slots__ = ("is_sure", "items", "rest")

    def __init__(self, items: tuple[tuple[str, PointsTo], ...], rest: PointsTo, *, is_sure: bool) -> None:
        self.items = items
        self.rest = rest
        # Whether each of the items was surely passed, and no other.
        self.is_sure = is_sure


class Native(Value):
    """A builtin or C function, with the model that says what it does (None: its result is unknown)."""

    __slots__ = ("is_generated", "is_method", "model", "name")

    def __init__(
        self, name: FunctionName, model: Callable[..., PointsTo] | None, *, is_method: bool, is_generated: bool = False
    ) -> None:
        self.name = name
        # Made by the library out of text: what it calls, its caller calls.
        self.is_generated = is_generated
        self.model = model
        # Methods bind to their receiver, plain C functions do not.
        self.is_method = is_method

    def __repr__(self) -> str:
        return f"<native {self.name}>"


class BoundMethod(Value):
    """`function` with its first argument; `function` is a Function or a Native."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver

    def __repr__(self) -> str:
        return f"<bound {self.function} of {self.receiver}>"


class Class(Value):
    """A class object. `mro` begins with itself; a `native` class is implemented in C and has models as attributes."""

    __slots__ = (
        "attributes", "bases", "block", "hooks", "is_mapping", "is_native", "is_partial", "lookups", "metaclass",
        "module", "mro", "name", "open", "outside", "qualname", "source", "subclasses",
    )  # fmt: skip

    def __init__(self, name: str, module: str, qualname: str, block: CodeBlock | None) -> None:
        self.name = name
        self.module = module
        self.qualname = qualname
        self.block = block
        self.attributes: Cells = {}
        self.bases: tuple[Value, ...] = ()
        self.mro: tuple[Class, ...] = (self,)
        # Whether its objects are dicts.
        self.is_mapping = False
        self.metaclass: Class | None = None
        self.is_native = False
        # True when a base is unknown or external: attributes that are not found may be there all the same.
        self.open = False
        # The dotted names of the bases that are not in the source, nearest first; such a class is open.
        self.outside: tuple[str, ...] = ()
        # True when it is, or comes from, a library class of which not every attribute is modelled.
        self.is_partial = False
        # The class statement, or the call of type(), that makes it.
        self.source: object = None
        self.subclasses: dict[Class, None] = {}
        self.lookups: dict[str, Lookup] = {}
        # Its `__getattribute__` and `__getattr__`, once somebody asked.
        self.hooks: tuple[Cell | None, Cell | None] | None = None

    def derive(self, mro: tuple[Class, ...]) -> None:
        """Sets the method resolution order, and all that follows from it."""
        self.mro = mro
        self.is_mapping = any(each.is_native and each.name == "dict" for each in mro)
        for parent in mro[1:]:
            parent.subclasses[self] = None

    def __repr__(self) -> str:
        return f"<class {self.module}:{self.qualname}>"


class Content:
    """What a list, set, dict, deque ... holds.

    `fixed` are the first items of a sequence while their number is known, `rest` what else may be in it;
    `known` are a mapping's values by constant key, `keys` its other keys, `rest` their values and `values` all of them.
    """

    __slots__ = ("fixed", "is_mixed", "keys", "known", "rest", "values", "version")

    def __init__(self) -> None:
        # Of a crowd of containers: no key or position is told apart.
        self.is_mixed = False
        self.fixed: list[Cell] | None = None
        self.rest = Cell()
        self.known: dict[Value, Cell] = {}
        self.keys = Cell()
        self.values = Cell()
        # Read by whoever depends on which cells there are, written when there is a new one.
        self.version = Cell()


class Instance(Value):
    """The objects of one class made at one allocation site. Not `exact`: the class or one derived from it."""

    __slots__ = ("attributes", "cls", "content", "exact", "key", "root", "single")

    def __init__(self, cls: Class, key: Hashable, *, exact: bool, single: bool) -> None:
        self.cls = cls
        self.key = key
        # What a copy was first copied from: copies of copies are told apart by it, and do not multiply.
        self.root: Value = self
        self.exact = exact
        # One concrete object: made by a module body outside of any loop.
        self.single = single
        self.attributes: Cells = {}
        self.content: Content | None = None

    def __repr__(self) -> str:
        return f"<{self.cls.name} object>"


class Variant(NamedTuple):
    """An allocation site whose objects are told apart by the callables that they are made of."""

    site: int
    callables: tuple[PointsTo, ...]


def wraps(value: Value) -> bool:
    """Whether an object is told apart by the callables it is made of, as functions are by their scope."""
    return isinstance(value, Instance) and isinstance(value.key, tuple) and any(type(k) is Variant for k in value.key)


class Crowd(Instance):
    """Many objects of one class as one, see crowds."""

    __slots__ = ("linked", "members", "tuples")

    def __init__(self, cls: Class, key: Hashable, *, exact: bool, single: bool) -> None:
        super().__init__(cls, key, exact=exact, single=single)
        self.members: dict[Instance, None] = {}
        self.tuples: set[Tuple] = set()
        # The attributes that somebody asked for.
        self.linked: dict[str, Cell] = {}


def is_crowd(value: Value) -> bool:
    """Whether a value stands for a crowd, or is a method bound to one."""
    return type(value) is Crowd or (type(value) is BoundMethod and type(value.receiver) is Crowd)


class Tuple(Value):
    """An immutable tuple with known items."""

    __slots__ = ("depth", "elements")

    def __init__(self, elements: tuple[PointsTo, ...], depth: int) -> None:
        self.elements = elements
        self.depth = depth

    def __repr__(self) -> str:
        return "(" + ", ".join(map(repr, self.elements)) + ")"


class ItemIterator(Value):
    """An iterator: `elements` in order when their number is known, else `rest`."""

    __slots__ = ("depth", "elements", "kind", "rest")

    def __init__(self, kind: str, elements: tuple[PointsTo, ...] | None, rest: PointsTo, depth: int) -> None:
        self.depth = depth
        self.kind = kind
        self.elements = elements
        self.rest = rest

    def __repr__(self) -> str:
        return f"<{self.kind} iterator>"


class LazyIterator(Value):
    """What `map`, `filter` and their like make: they call nothing until somebody iterates over it."""

    __slots__ = ("arguments", "depth", "iterated", "name")

    def __init__(self, name: FunctionName, iterated: Callable[..., PointsTo], arguments: Arguments, depth: int) -> None:
        self.name = name
        # The model of the iteration: from a call to the items.
        self.iterated = iterated
        self.arguments = arguments
        self.depth = depth

    def __repr__(self) -> str:
        return f"<{self.name.qualname} iterator>"


class Generator(Value):
    """A generator, coroutine or asynchronous generator: an activation that waits."""

    __slots__ = ("activation",)

    def __init__(self, activation: Activation) -> None:
        self.activation = activation

    def __repr__(self) -> str:
        return f"<generator {self.activation}>"


class Partial(Value):
    """`functools.partial(function, ...)`."""

    __slots__ = ("arguments", "depth", "function", "is_method")

    def __init__(self, function: Value, arguments: Arguments, depth: int, *, is_method: bool) -> None:
        self.function = function
        self.arguments = arguments
        self.depth = depth
        self.is_method = is_method


class Super(Value):
    """`super(start, receiver)`. `kind` is the class in whose method resolution order is looked past the start: the
    receiver itself, or its class.
    """

    __slots__ = ("kind", "receiver", "start")

    def __init__(self, start: Class, receiver: Value, kind: Class) -> None:
        self.start = start
        self.receiver = receiver
        self.kind = kind

    @property
    def after(self) -> tuple[Class, ...]:
        """The classes past the start. Where it is a base that nobody knows, these are the ones that are built in."""
        order = self.kind.mro
        if self.start in order:
            return order[order.index(self.start) + 1 :]
        return tuple(each for each in order if each.is_native)


class Namespace(Value):
    """The `__dict__` of `owner`, `globals()` or `sys.modules`: a proxy of the cells behind it."""

    __slots__ = ("kind", "owner")

    def __init__(self, kind: str, owner: Value | None) -> None:
        self.kind = kind
        self.owner = owner


class SliceValue(Value):
    """`slice(lower, upper, step)`."""

    __slots__ = ("lower", "step", "upper")

    def __init__(self, lower: PointsTo, upper: PointsTo, step: PointsTo) -> None:
        self.lower = lower
        self.upper = upper
        self.step = step


class Module(Value):
    """A module object; its globals are `cells`."""

    __slots__ = (
        "activation", "cells", "file", "final", "folder", "is_native", "lines", "name", "origin", "outside", "pinned",
        "run_name", "state",
    )  # fmt: skip

    def __init__(self, name: str, origin: Origin) -> None:
        self.name = name
        # Names that are bound to models, whatever the body binds them to.
        self.pinned: Mapping[str, PointsTo] = {}
        # What names hold once the body has run, whatever it bound them to.
        self.final: Mapping[str, PointsTo] = {}
        # What the body sees as __name__: "__main__" for the entry.
        self.run_name = name
        self.origin = origin
        self.cells: Cells = {}
        self.file = ""
        self.folder: str | None = None
        self.lines: tuple[int, ...] = ()
        self.activation: Activation | None = None
        self.state = "new"
        self.is_native = False
        # The modules without source whose names it takes by `from m import *`: which these are is not known.
        self.outside = Cell()

    def may_lack(self, name: str) -> bool:
        """Whether only a module without source may have bound a name."""
        cell = self.cells.get(name)
        return bool(self.outside.value.items) and (cell is None or not cell.value.items)

    def __repr__(self) -> str:
        return f"<module {self.name}>"


_UNUSED: Final = Cell()


class Activation:
    """One analysis of a function for one context.

    `context` holds one points-to set a parameter; None marks a parameter that was widened: its values are in
    `parameters`. `calls` maps (line, evidence, callee) to None in the order of the last evaluation.
    """

    __slots__ = (
        "block", "calls", "context", "cost", "function", "gaps", "heap", "held", "is_dirty", "is_queued", "is_running",
        "is_stale", "namespace", "owner", "parameters", "returns", "runs", "scope", "sent", "seq", "started", "yields",
    )  # fmt: skip

    def __init__(
        self, seq: int, block: CodeBlock, function: Function | None, context: tuple[PointsTo | None, ...],
        scope: Scope,
    ) -> None:  # fmt: skip
        self.seq = seq
        self.block = block
        self.function = function
        self.context = context
        self.scope = scope
        # Of what the context says already, nothing is read or written.
        self.parameters: list[Cell] = [Cell() if value is None else _UNUSED for value in context]
        self.returns = Cell()
        self.yields = Cell()
        self.sent = Cell()
        self.calls: dict[tuple[int, str, Callee], None] = {}
        self.gaps: dict[tuple[int, str, str], None] = {}
        # Tells objects apart that are made by the same line of different activations: by class in metaclasses'
        # methods, by scope in inner functions.
        self.heap: Activation | Scope | None = None
        # Of a library function that a model stands for: the activation whose evaluation runs the model.
        self.owner: Activation | None = None
        # Of a class body: its namespace after the last evaluation.
        self.namespace: dict[str, PointsTo] = {}
        self.is_running = False
        self.is_dirty = False
        self.is_queued = False
        # How many calls lead here from activations that are called themselves; one that nobody calls any more is not
        # evaluated again until somebody does.
        self.held = 0
        self.is_stale = False
        self.started = False
        self.runs = 0
        # Of the last evaluation, in steps (see Frame).
        self.cost = 0

    def __repr__(self) -> str:
        return f"{self.block}#{self.seq}"


class Query(Activation):
    """What an attribute of a whole set is, where finding it calls nothing: asked once for all who read it.

    Its readers read `returns`. A query whose cells have changed is out of date until somebody asks again.
    """

    __slots__ = ("is_current", "is_plain")

    def __init__(self, block: CodeBlock, scope: Scope) -> None:
        super().__init__(-1, block, None, (), scope)
        self.is_current = False
        self.is_plain = True


Callee: TypeAlias = Activation | Native | Class | External
"""What a call reaches: an activation, or something without a body of Python source."""

CallPlace: TypeAlias = tuple[Activation, int]
"""A call site of an activation."""

Lookup: TypeAlias = tuple[tuple[Class, Cell] | None, dict[Activation, int] | None]
"""What a class finds by a name: the class of its MRO that has it, and the cell. Then who looked it up, and in which of
their evaluations; None when it will never be found elsewhere."""
