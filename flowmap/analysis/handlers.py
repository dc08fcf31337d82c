"""What is done when a body is left: handlers, `finally`, context managers (language reference 8.4, 8.5)."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.certainty import is_sure
from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.loops import Loops
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    PointsTo,
    Tuple,
    Unknown,
)
from flowmap.syntax import ir

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Handlers(Loops):
    """`try` and `with`."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # By exception class of the program: what is raised of it anywhere, for the handlers that name it.
        self._raised: dict[Class, Cell] = {}

    def escape(self, frame: Frame, state: State) -> None:
        """An exception may leave here: the innermost handlers may start from this state."""
        current = frame.escapes[-1]
        frame.escapes[-1] = dict(state) if current is None else join_states(self.space, current, state)

    def _try(self, frame: Frame, node: ir.Try) -> None:
        entry = frame.state
        assert entry is not None
        guards = any(self._catches_imports(handler) for handler in node.handlers)
        outer_missing, frame.missing_import = frame.missing_import, False
        frame.escapes.append(dict(entry))
        frame.guards_imports += guards
        self.execute(frame, node.body)
        frame.guards_imports -= guards
        escaped = frame.escapes.pop()
        missing, frame.missing_import = frame.missing_import, outer_missing
        assert escaped is not None
        if frame.state is not None and node.orelse:
            self.execute(frame, node.orelse)
        after = frame.state
        if not (self._imports_only(node.body) and not missing) and not is_sure(frame, node.body, node.handlers):
            for handler in node.handlers:
                frame.go_on(dict(escaped))
                self._handle(frame, handler)
                after = join_states(self.space, after, frame.state)
        if node.final:
            frame.state = dict(after) if after is not None else dict(escaped)
            if after is not None:
                frame.state = join_states(self.space, frame.state, escaped)
            self.execute(frame, node.final)
            after = frame.state if after is not None else None
        frame.state = after
        if frame.escapes:
            self.escape(frame, escaped)

    def _catches_imports(self, handler: ir.Handler) -> bool:
        caught = handler.caught
        if caught is None:
            return True
        names = caught.items if isinstance(caught, ir.TupleDisplay) else (caught,)
        return any(isinstance(name, ir.Name) and name.id in _IMPORT_ERRORS for name in names)

    @staticmethod
    def _imports_only(body: Sequence[ir.Stmt]) -> bool:
        return bool(body) and all(isinstance(node, (ir.Import, ir.ImportFrom)) for node in body)

    def _handle(self, frame: Frame, handler: ir.Handler) -> None:
        """A handler binds some object of the class it names, or of one derived from it."""
        try:
            caught = NOTHING if handler.caught is None else self.evaluate(frame, handler.caught)
        except DivergedError:
            frame.state = None
            return
        if handler.name is not None:
            result = NOTHING
            for value in caught.items:
                options = [v for e in value.elements for v in e.items] if isinstance(value, Tuple) else [value]
                for cls in options:
                    if isinstance(cls, Class):
                        result = self.space.join(result, self._caught(frame, cls, handler))
                    elif isinstance(cls, Unknown):
                        result = self.space.join(result, self.space.one(cls))
            if not result.items:
                result = self.space.unknown(Reason.EXTERNAL.value)
            self.assign_name(frame, handler.name, result)
        self.execute(frame, handler.body)

    def _caught(self, frame: Frame, cls: Class, handler: ir.Handler) -> PointsTo:
        """Objects of a class that may be caught: those that the program raises, or else some object of it."""
        if not cls.is_native:
            raised = self.read(self._raised.setdefault(cls, Cell()), frame)
            if raised.items:
                return raised
        return self.space.one(self.allocate(frame, cls, ("caught", handler.site), exact=False))

    def _with(self, frame: Frame, node: ir.With) -> None:
        enter, leave = ("__aenter__", "__aexit__") if node.is_async else ("__enter__", "__exit__")
        managers: list[tuple[PointsTo, int]] = []
        for item in node.items:
            context = self.evaluate(frame, item.context)
            managers.append((context, item.site))
            entered = self._enter(frame, context, enter, item.site, is_async=node.is_async)
            if item.target is not None:
                self.assign(frame, item.target, entered, item.site)
        entry = frame.state
        assert entry is not None
        frame.escapes.append(dict(entry))
        self.execute(frame, node.body)
        escaped = frame.escapes.pop()
        after = frame.state
        frame.state = dict(after) if after is not None else escaped
        swallows = False
        for context, site in reversed(managers):
            swallows = self._leave(frame, context, leave, site, is_async=node.is_async) or swallows
        frame.state = join_states(self.space, after, escaped) if swallows else after
        if frame.escapes and escaped is not None:
            self.escape(frame, escaped)

    def _enter(self, frame: Frame, context: PointsTo, special: str, site: int, *, is_async: bool) -> PointsTo:
        result = NOTHING
        for value in context.items:
            made = self.call_special(frame, value, special, Arguments(), site, "context-manager")
            if made is None:
                made = self.space.unknown(Reason.UNKNOWN_VALUE.value)
            elif is_async:
                made = self.await_values(frame, made, site)
            result = self.space.join(result, made)
        return result

    def _leave(self, frame: Frame, context: PointsTo, special: str, site: int, *, is_async: bool) -> bool:
        """Calls `__exit__`; whether it may swallow an exception."""
        none = self.space.constant(None)
        error = self.space.unknown(Reason.EXTERNAL.value)
        swallows = False
        arguments = Arguments((self.space.join(none, error),) * 3)
        for value in context.items:
            made = self.call_special(frame, value, special, arguments, site, "context-manager")
            if made is not None and is_async:
                made = self.await_values(frame, made, site)
            for each in made.items if made is not None else ():
                swallows = swallows or self.truth(frame, each, site)[0]
        return swallows
