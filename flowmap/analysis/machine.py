"""The state of a run, and the operations its parts offer each other.

The interpreter is a chain of classes, one a file, each about one part of the language. They call each other through
the operations declared here, so no file needs to know more than the class before it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import Frame, State
from flowmap.analysis.space import Space
from flowmap.analysis.values import (
    Activation,
    Arguments,
    Callee,
    CallPlace,
    Cell,
    Cells,
    Class,
    CodeBlock,
    CrowdCell,
    Function,
    Instance,
    Module,
    PointsTo,
    Query,
    Value,
)
from flowmap.names import FunctionName, Origin, with_parents
from flowmap.sources.tree import ModuleSource
from flowmap.syntax import ir


class Library(Protocol):
    """Where modules come from: found by name in the source tree, parsed on demand."""

    def find(self, name: str) -> ModuleSource | None: ...

    def submodules(self, name: str) -> tuple[tuple[str, bool], ...]: ...

    def virtual_path(self, origin: Origin, path: str) -> str: ...

    def modules_in(self, virtual_path: str) -> tuple[tuple[str, bool], ...]:
        """The modules of a folder of the tree: name, and whether it is a package."""

    def is_folder(self, virtual_path: str) -> bool | None: ...

    def load(self, module: ModuleSource) -> ir.Module | str:
        """The IR, or why the file cannot be read."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the program's surroundings say: given by the entry, never by the source."""

    argv: tuple[str, ...] = ()
    # Variables that are known; None: known to be unset. Every other one may hold any value.
    environment: Mapping[str, str | None] = field(default_factory=dict)
    platform: str = "linux"
    python: tuple[int, int] = (3, 11)
    # Modules, by dotted name, whose insides are not entered.
    frontier: tuple[str, ...] = ()
    # Strings that stand in the project's settings.
    setting_strings: frozenset[str] = frozenset()
    # Literals that variables of modules hold, whatever the modules say: by the module's name and their own.
    assumed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    # Modules whose functions are told apart by where they are called from, see Entry.
    told_apart: frozenset[str] = frozenset()
    # What is assumed of attributes, see Entry.
    held: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lifting: frozenset[str] = frozenset()


# In steps, see Frame.
_COSTLY = 20


class Machine:
    """One run of the analysis."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        self.library = library
        self.outside = outside
        # The dotted names in the settings, and those of the packages and modules they are in.
        self.named_in_settings = frozenset(with_parents(outside.setting_strings))
        self.bounds = bounds
        telling = outside.setting_strings
        self.space = Space(bounds, telling, self.gather)
        self.modules: dict[str, Module] = {}
        self.activations: list[Activation] = []
        # What is to be evaluated again. What costs much waits until nothing cheap is left that may change it once more.
        self.queue: deque[Activation] = deque()
        self.costly: deque[Activation] = deque()
        self.depth = 0
        # What the generators return that somebody advances by hand.
        self.stopped = Cell()
        # Values that were found by a module's or attribute's name in a string, and how: the evidence of their calls.
        self.found_by_string: dict[Value, str] = {}
        # Class bodies by the namespace they made and by name: what type.__new__ makes of one is that class.
        self.class_bodies: dict[Value | FunctionName, Activation] = {}
        # Modules that an importer of the program made.
        self.hooked: set[str] = set()
        # Objects of classes derived from ModuleType that stand for a module of that name.
        self.module_objects: dict[str, Instance] = {}
        # Modules whose file cannot be read, and why; the path of every module that was loaded.
        self.unreadable: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.natives: dict[str, Class] = {}
        self.closed: frozenset[str] = frozenset()
        # Modules of the platform that are hidden by files of the project.
        self.hidden: frozenset[str] = frozenset()
        # By module that is read from source: the names that models take the place of.
        self.pinned: dict[str, dict[str, PointsTo]] = {}
        # Library functions that models stand for, by who calls them where.
        self.modelled: dict[object, Activation] = {}
        self.modelled_blocks: dict[object, CodeBlock] = {}
        # Activations that are told apart by where they are called from, and where.
        self.called_at: dict[Activation, CallPlace] = {}
        self.bound_hits: dict[tuple[str, str], int] = {}
        # The environment variables of which nobody knows what they hold, by who reads them on which line.
        self.open_variables: dict[Activation, dict[tuple[int, str], None]] = {}
        self.frontier_hits: dict[str, int] = {}

    # --- bounds and gaps ---

    def hit(self, bound: str, where: object) -> None:
        """Reports that a bound was hit."""
        key = (bound, str(where))
        self.bound_hits[key] = self.bound_hits.get(key, 0) + 1

    def gap(self, frame: Frame, site: int, reason: str, name: str = "") -> None:
        """Reports a call site that could not be resolved; `name`: what is not there, where that is why."""
        frame.activation.gaps[(frame.lines[site], reason, name)] = None
        frame.block.answered.add(site)

    def record(self, frame: Frame, site: int, evidence: str, callee: Callee) -> None:
        """Adds a call edge of the activation that is being evaluated."""
        frame.block.answered.add(site)
        frame.activation.calls[(frame.lines[site], evidence, callee)] = None

    # --- cells ---

    def read(self, cell: Cell, frame: Frame) -> PointsTo:
        """The content of a cell; the activation is evaluated again when it grows."""
        activation = frame.activation
        readers = cell.readers
        if readers is None:
            cell.readers = {activation: activation.runs}
        else:
            readers[activation] = activation.runs
        return cell.value

    def write(self, cell: Cell, value: PointsTo) -> None:
        """Adds to a cell and wakes its readers."""
        held = cell.value
        new = self.space.grown(held, value)
        while cell.value is not held:
            # A crowd that was made of the values wrote to this very cell.
            held = cell.value
            new = self.space.grown(held, value)
        self._put(cell, new, value)
        if type(cell) is CrowdCell:
            self._hand_on(cell, value)

    def write_content(self, cell: Cell, value: PointsTo) -> None:
        """As write, with the bound for the contents of containers."""
        held = cell.value
        new = self.space.grown_content(held, value)
        while cell.value is not held:
            held = cell.value
            new = self.space.grown_content(held, value)
        self._put(cell, new, value)
        if type(cell) is CrowdCell:
            self._hand_on(cell, value)

    def let_in(self, cell: Cell, value: PointsTo) -> None:
        """Adds what a member's cell holds to the cell of its crowd."""
        held = cell.value
        new = self.space.grown(held, value)
        while cell.value is not held:
            held = cell.value
            new = self.space.grown(held, value)
        self._put(cell, new, value)

    def _put(self, cell: Cell, new: PointsTo, value: PointsTo) -> None:
        """Sets what a cell holds after `value` was written, and wakes who read it."""
        if new is not cell.value:
            cell.value = new
            self.wake(cell)
            for crowd in cell.crowds:
                self.let_in(crowd, value)

    def _hand_on(self, cell: CrowdCell, value: PointsTo) -> None:
        """Writes what is written to a crowd to all its members."""
        new = self.space.join(cell.own, value)
        if new is not cell.own:
            cell.own = new
            for source in cell.sources:
                self.write_content(source, value)

    def gather(self, items: frozenset[Value], bound: int) -> frozenset[Value]:
        raise NotImplementedError

    def wake(self, cell: Cell, but: Activation | None = None) -> None:
        """Queues the readers of a cell, but for one that is about to read it anyway."""
        if cell.readers:
            for reader, run in cell.readers.items():
                # Whoever has been evaluated since without reading it does not depend on it; whoever is being
                # evaluated and has not read it yet may still come to it.
                if run == reader.runs and reader is not but:
                    self.enqueue(reader)

    def enqueue(self, activation: Activation) -> None:
        """Has an activation evaluated again."""
        if type(activation) is Query:
            if activation.is_current:
                activation.is_current = False
                self.wake(activation.returns)
            return
        activation = activation.owner or activation
        if activation.is_running:
            activation.is_dirty = True
        elif not activation.is_queued:
            activation.is_queued = True
            (self.queue if activation.cost < _COSTLY else self.costly).append(activation)

    def string_evidence(self, name: str) -> str:
        """The evidence of what is found by a name in a string."""
        return "setting" if name in self.outside.setting_strings else "import-string"

    def mark_found(self, values: PointsTo, name: str) -> None:
        """Remembers that values were found by a name in a string: the evidence of their calls."""
        kind = self.string_evidence(name)
        for value in values.items:
            if isinstance(value, (Class, Function, Module)) or (isinstance(value, Instance) and value.single):
                self.found_by_string.setdefault(value, kind)

    # --- what the classes down the chain implement ---

    def evaluate(self, frame: Frame, node: ir.Expr) -> PointsTo:
        raise NotImplementedError

    def evaluate_arguments(self, frame: Frame, arguments: Sequence[ir.Argument], site: int) -> Arguments:
        raise NotImplementedError

    def execute(self, frame: Frame, body: Sequence[ir.Stmt], *, goes_on: bool = False) -> None:
        """Executes statements. `goes_on`: right after those of the same block that were executed before."""
        raise NotImplementedError

    def assign(self, frame: Frame, target: ir.Expr, value: PointsTo, site: int) -> None:
        raise NotImplementedError

    def assign_name(self, frame: Frame, name: str, value: PointsTo) -> None:
        raise NotImplementedError

    def make_function(self, frame: Frame, code: ir.Code, defaults: Sequence[ir.Expr | None]) -> Function:
        raise NotImplementedError

    def block_of(self, code: ir.Code, parent: CodeBlock) -> CodeBlock:
        raise NotImplementedError

    def branch(self, frame: Frame, test: ir.Expr) -> tuple[State | None, State | None]:
        """Evaluates a test; the states where it holds and where it does not."""
        raise NotImplementedError

    def ask(self, frame: Frame, test: ir.Expr) -> tuple[State | None, State | None]:
        """As branch, without keeping what the test says of attributes."""
        raise NotImplementedError

    def truth(self, frame: Frame, value: Value, site: int) -> tuple[bool, bool]:
        """Whether a value may be true, and whether it may be false."""
        raise NotImplementedError

    def call(self, frame: Frame, callee: PointsTo, arguments: Arguments, site: int, evidence: str = "call") -> PointsTo:
        """Calls every callee; DivergedError when none of them returns."""
        raise NotImplementedError

    def call_value(self, frame: Frame, callee: Value, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        raise NotImplementedError

    def instantiate(self, frame: Frame, cls: Class, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        raise NotImplementedError

    def site_for(self, frame: Frame, held: Sequence[PointsTo], site: int) -> object:
        """The allocation site of what is made of these values: more than the line where they are callables."""
        raise NotImplementedError

    def allocate(self, frame: Frame, cls: Class, site: object, *, exact: bool = True) -> Instance:
        raise NotImplementedError

    def run(self, activation: Activation, by: Activation | None) -> None:
        raise NotImplementedError

    def activate(self, frame: Frame, activation: Activation, site: int, evidence: str) -> None:
        """Records the call of an activation and evaluates it when needed."""
        raise NotImplementedError

    def get_attribute(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo:
        raise NotImplementedError

    def get_attributes(self, frame: Frame, values: PointsTo, name: str, site: int) -> PointsTo:
        raise NotImplementedError

    def find_attribute(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo | None:
        """As get_attribute; None when the value has no such attribute (so far)."""
        raise NotImplementedError

    def generic_attribute(self, frame: Frame, value: Instance, name: str, site: int) -> PointsTo | None:
        """`object.__getattribute__`; None when the object has no such attribute (so far)."""
        raise NotImplementedError

    def generic_set(self, frame: Frame, owner: Instance, name: str, value: PointsTo, site: int) -> None:
        """`object.__setattr__`."""
        raise NotImplementedError

    def set_attribute(self, frame: Frame, owner: Value, name: str, value: PointsTo, site: int) -> None:
        raise NotImplementedError

    def set_global(self, module: Module, name: str, value: PointsTo) -> None:
        """Binds a module's name from outside its body."""
        raise NotImplementedError

    def delete_attribute(self, frame: Frame, owner: Value, name: str, site: int) -> None:
        raise NotImplementedError

    def unwrap_static(self, frame: Frame, values: PointsTo) -> PointsTo:
        """The functions behind `staticmethod` objects: `__new__` is one without being told."""
        raise NotImplementedError

    def read_free(self, frame: Frame, name: str) -> PointsTo:
        """A variable of an enclosing scope."""
        raise NotImplementedError

    def is_callable(self, frame: Frame, value: Value) -> bool | None:
        raise NotImplementedError

    def compare(self, frame: Frame, op: str, left: Value, right: Value, site: int) -> tuple[bool, bool]:
        """Whether `left op right` may hold and may fail."""
        raise NotImplementedError

    def predicate(self, frame: Frame, name: FunctionName, value: Value, rest: PointsTo, site: int) -> bool | None:
        """What isinstance, issubclass, callable or hasattr answers; None when that is not known."""
        raise NotImplementedError

    def branch_value(self, frame: Frame, node: ir.Expr) -> tuple[PointsTo, State | None, State | None]:
        """Evaluates an operand of `and` or `or`: its values, and the states where it is true and where false."""
        raise NotImplementedError

    def async_elements(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """What `async for` gives."""
        raise NotImplementedError

    def ensure(self, frame: Frame, activation: Activation) -> None:
        """Evaluates an activation that is new or out of date."""
        raise NotImplementedError

    def set_attributes(self, frame: Frame, values: PointsTo, name: str, value: PointsTo, site: int) -> None:
        raise NotImplementedError

    def lookup(self, frame: Frame, cls: Class, name: str) -> tuple[Class, Cell] | None:
        """The class of the MRO that defines a name, and the cell (data model 3.3.2)."""
        raise NotImplementedError

    def define(self, cls: Class, name: str, value: PointsTo) -> None:
        """Adds to an attribute of a class."""
        raise NotImplementedError

    def call_special(
        self, frame: Frame, value: Value, name: str, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo | None:
        """Calls a special method, looked up on the type; None when there is none (data model 3.3)."""
        raise NotImplementedError

    def class_of(self, value: Value) -> Class | None:
        """The type of a value, None when it is unknown."""
        raise NotImplementedError

    def is_instance(self, frame: Frame, value: Value, cls: Value) -> bool | None:
        """Whether `value` is an instance of `cls`; None when that is not known."""
        raise NotImplementedError

    def derives(self, frame: Frame, kind: Class, cls: Class) -> bool | None:
        """Whether a class derives from another one, also virtually; None when that is not known."""
        raise NotImplementedError

    def make_class(
        self, frame: Frame, key: object, name: str, bases: Sequence[PointsTo], namespace: Mapping[str, PointsTo],
        block: CodeBlock | None, site: int, metaclass: Class | None = None,
        keywords: tuple[tuple[str, PointsTo], ...] = (),
    ) -> Class:  # fmt: skip
        raise NotImplementedError

    def native_class(self, name: str) -> Class:
        """A builtin class by its name."""
        raise NotImplementedError

    def any_of(self, name: str) -> PointsTo:
        """Some instance of a builtin class, content unknown."""
        raise NotImplementedError

    def import_module(self, frame: Frame, name: str, site: int, evidence: str) -> Module | None:
        """Runs a module and its packages; None when it is not there."""
        raise NotImplementedError

    def is_closed(self, name: str) -> bool:
        """Whether a module lies behind the frontier."""
        raise NotImplementedError

    def is_platform(self, name: str) -> bool:
        """Whether a dotted name leads into the platform's own modules, or behind the frontier."""
        raise NotImplementedError

    def import_dotted(self, frame: Frame, name: str, site: int, evidence: str) -> PointsTo:
        """The module of that name; DivergedError when it surely is not there."""
        raise NotImplementedError

    def items_of(self, frame: Frame, value: Value, site: int) -> tuple[PointsTo, ...] | None:
        """The items that iterating a value gives, in order, when their number is known."""
        raise NotImplementedError

    def elements_of(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """All values that iterating may give."""
        raise NotImplementedError

    def get_item(self, frame: Frame, value: Value, index: PointsTo, site: int) -> PointsTo:
        raise NotImplementedError

    def set_item(self, frame: Frame, value: Value, index: PointsTo, item: PointsTo, site: int) -> None:
        raise NotImplementedError

    def make_tuple(self, elements: Sequence[PointsTo]) -> PointsTo:
        raise NotImplementedError

    def make_list(
        self, frame: Frame, elements: Sequence[PointsTo] | None, rest: PointsTo, key: object, kind: str = "list"
    ) -> PointsTo:
        raise NotImplementedError

    def any_tuple(self, rest: PointsTo) -> PointsTo:
        """A tuple of unknown length."""
        raise NotImplementedError

    def container(self, frame: Frame, name: str, site: object) -> Instance:
        """An empty container of a builtin class, made at a site."""
        raise NotImplementedError

    def fill_list(self, value: Instance, elements: Sequence[PointsTo] | None, rest: PointsTo) -> None:
        """Adds the items of one display."""
        raise NotImplementedError

    def blur(self, value: Instance) -> None:
        """Forgets the positions of a sequence's items."""
        raise NotImplementedError

    def put(self, value: Instance, keys: PointsTo, item: PointsTo) -> None:
        """`mapping[keys] = item`."""
        raise NotImplementedError

    def pairs_of(self, frame: Frame, value: Value, site: int) -> list[tuple[PointsTo, PointsTo]]:
        """The keys of a mapping (or of an iterable of pairs) with their values."""
        raise NotImplementedError

    def mapping_items(self, frame: Frame, values: PointsTo, site: int) -> tuple[list[tuple[str, PointsTo]], PointsTo]:
        """The string keys of mappings with their values, and the values under keys that are not known."""
        raise NotImplementedError

    def update_mapping(self, frame: Frame, target: Value, other: PointsTo, site: int) -> None:
        raise NotImplementedError

    def is_mapping(self, value: Instance) -> bool:
        raise NotImplementedError

    def mapping_item(self, frame: Frame, value: Instance, index: PointsTo, site: int, *, missing: bool) -> PointsTo:
        raise NotImplementedError

    def plain_item(self, frame: Frame, value: Value, index: PointsTo, site: int) -> PointsTo:
        """Subscription of a builtin sequence or mapping."""
        raise NotImplementedError

    def plain_set_item(self, frame: Frame, value: Instance, index: PointsTo, item: PointsTo, site: int) -> None:
        """Item assignment of a builtin list or dict."""
        raise NotImplementedError

    def compare_elements(self, frame: Frame, values: PointsTo, site: int) -> None:
        """Calls the `__lt__` of what a sort puts in order."""
        raise NotImplementedError

    def content_iterator(self, frame: Frame, value: Value) -> PointsTo:
        """What a builtin container's own `__iter__` gives, whatever a derived class makes of it."""
        raise NotImplementedError

    def loops_or_shared(self, frame: Frame, value: Value) -> bool:
        """Whether a container may be met again by the same line: its positions then say nothing."""
        raise NotImplementedError

    def next_of(self, frame: Frame, iterator: Value, site: int) -> PointsTo:
        """`next(iterator)`."""
        raise NotImplementedError

    def await_values(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """What `await` gives."""
        raise NotImplementedError

    def combine(self, columns: list[PointsTo], make: Callable[[tuple[object, ...]], object]) -> PointsTo:
        """Folds an operation over every combination of constants."""
        raise NotImplementedError

    def format_percent(self, frame: Frame, text: str, right: Value, site: int) -> PointsTo:
        raise NotImplementedError

    def namespace(self, kind: str, owner: Value | None) -> PointsTo:
        """The proxy of an attribute table."""
        raise NotImplementedError

    def cells_of(self, owner: Value) -> Cells | None:
        """The attribute table of a value that has one."""
        raise NotImplementedError

    def make_dict(self, frame: Frame, known: Sequence[tuple[PointsTo, PointsTo]], key: object) -> PointsTo:
        raise NotImplementedError

    def make_iterator(self, kind: str, elements: Sequence[PointsTo] | None, rest: PointsTo) -> PointsTo:
        raise NotImplementedError

    def binary(
        self, frame: Frame, op: str, left: PointsTo, right: PointsTo, site: int, *, in_place: bool = False
    ) -> PointsTo:
        raise NotImplementedError

    def text_of(self, frame: Frame, value: PointsTo, site: int, conversion: str = "s") -> PointsTo:
        """`str(value)` or `repr(value)`: calls the special methods, keeps constants."""
        raise NotImplementedError

    def text_of_parts(
        self, frame: Frame, value: Value, conversion: str, site: int, seen: set[Value], depth: int = 0
    ) -> None:
        """Calls what the text of a container, or of an exception, is made of."""
        raise NotImplementedError


Model = Callable[..., PointsTo]
"""What a builtin or C function does: `model(machine, call)`, see models/."""
