"""The abstract interpreter: all parts of the language put together, and a run from an entry to its fixpoint."""

from __future__ import annotations

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.models import install
from flowmap.analysis.patterns import Patterns
from flowmap.analysis.platform import ALWAYS_THERE, CLOSED_LIBRARY, EXTENSION_MODULES
from flowmap.analysis.values import Arguments, CodeBlock, Instance, Module, PointsTo
from flowmap.names import MAIN, Origin
from flowmap.syntax import ir


class Interpreter(Patterns):
    """Runs a program abstractly. Use: make one, `run_module` its entry, read `activations` and `modules`."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._anything: dict[str, PointsTo] = {}
        install(self)
        names = {name.partition(".")[0] for name in (*self.modules, *CLOSED_LIBRARY, *EXTENSION_MODULES)}
        self.hidden = frozenset(name for name in names - ALWAYS_THERE if self._is_projects(name))
        for name in [name for name in self.modules if name.partition(".")[0] in self.hidden]:
            del self.modules[name]
        closed = {name for name in CLOSED_LIBRARY if name.partition(".")[0] not in self.hidden}
        self.closed = frozenset(closed | set(outside.frontier))

    def _is_projects(self, name: str) -> bool:
        """Whether the project has a module of that name: its folder is searched before the library's."""
        source = self.library.find(name)
        return source is not None and source.file is not None and source.origin is Origin.PROJECT

    def any_of(self, name: str) -> PointsTo:
        found = self._anything.get(name)
        if found is None:
            cls = self.native_class(name)
            key = ("any", cls)
            value = self.space.intern(key, lambda: Instance(cls, key, exact=True, single=False))
            found = self._anything[name] = self.space.one(value)
        return found

    def root(self) -> Frame:
        """The frame of whoever starts the program: it calls the entry."""
        block = CodeBlock(_EMPTY, Module("<root>", Origin.PROJECT), (0,))
        activation = self.new_activation(block, None, (), None)
        # It has no body to be evaluated again.
        activation.started = activation.is_running = True
        return Frame(activation)

    def run_module(self, root: Frame, name: str, *, as_main: bool) -> Module | None:
        """Runs a module and, behind it, everything that grows."""
        module = self.modules.get(name) or self._load(root, name, 0)
        if module is None or module.activation is None:
            return None
        if as_main:
            module.run_name = MAIN
            # It is there from the start: importing it runs nothing.
            self.modules[MAIN] = module
        root.activation.calls[(0, "call", module.activation)] = None
        if module.state == "new":
            module.state = "running"
            self.run(module.activation, root.activation)
        self.drain(root.activation)
        return module

    def call_from_root(self, root: Frame, callee: PointsTo, arguments: Arguments) -> PointsTo:
        """Calls something as the outside would, and runs until nothing grows."""
        result = self.call(root, callee, arguments, 0)
        self.drain(root.activation)
        return result


_EMPTY = ir.Code("<root>", "<root>", "function", (), (), (), (), (), (), False, False, 0, 0, None, "()", "")
