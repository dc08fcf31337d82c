"""Which names a code object binds, closes over and takes from outside (language reference 4.2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from flowmap.syntax import ir

RENAMED = "@"
CLASS_CELL = "__class__"


class Scope:
    """A code object under construction.

    `needs` are names that this scope or one inside it reads and does not bind; it may hold words that are no names,
    and is only filled where an enclosing scope could bind one of them.
    """

    __slots__ = (
        "bound",
        "cells",
        "children",
        "code",
        "declared_global",
        "declared_nonlocal",
        "defined",
        "free",
        "globals",
        "is_async",
        "is_generator",
        "kind",
        "name",
        "needs",
        "nested",
        "numbers",
        "parent",
        "private",
        "qualname",
        "silent",
        "start",
        "trace",
    )

    def __init__(self, kind: str, name: str, qualname: str, parent: Scope | None, start: int) -> None:
        self.kind = kind
        self.name = name
        self.qualname = qualname
        self.parent = parent
        self.start = start
        self.bound: dict[str, None] = {}
        self.globals: dict[str, None] = {}
        self.declared_global: set[str] = set()
        self.declared_nonlocal: set[str] = set()
        self.needs: set[str] = set()
        # What a module or class defines by `def` and `class`.
        self.defined: list[str] = []
        # Words that the code reads and that leave no trace in its fingerprint.
        self.silent: set[str] = set()
        self.cells: list[str] = []
        self.free: set[str] = set()
        self.children: list[Scope] = []
        self.numbers: dict[str, int] = {}
        self.is_generator = False
        self.is_async = False
        self.code: ir.Code | None = None
        self.trace: list[str] = []
        # The class whose private names are mangled here, without leading underscores; empty outside of classes.
        self.private: str = parent.private if parent else ""
        if kind == "class":
            self.private = name.lstrip("_")
        # Whether any enclosing scope is a function, whose variables this one could close over.
        self.nested: bool = parent is not None and (parent.nested or parent.kind in ("function", "lambda"))

    def bind(self, name: str) -> None:
        """Record that the code binds `name`."""
        if name in self.declared_global:
            if self.kind != "module":
                self.globals[name] = None
                return
        elif name in self.declared_nonlocal:
            return
        self.bound[name] = None

    def numbered(self, name: str) -> str:
        """The name of a nested code object, told apart from those of the same name before it."""
        count = self.numbers.get(name, 0) + 1
        self.numbers[name] = count
        if count == 1:
            return name
        return f"{name[:-1]}#{count}>" if name.endswith(">") else f"{name}#{count}"

    def child_qualname(self, name: str) -> str:
        """The qualified name (PEP 3155) of a code object that is defined in this scope under `name`."""
        if self.kind == "module":
            return self.numbered(name)
        if name in self.declared_global:
            module = self
            while module.parent:
                module = module.parent
            return module.numbered(name)
        path = self.qualname if self.kind == "class" else f"{self.qualname}.<locals>"
        return f"{path}.{self.numbered(name)}"

    def mangled(self, name: str) -> str:
        """A name that begins with two underscores, as the compiler spells it here (language reference 6.2.1)."""
        if not self.private or name.endswith("__") or "." in name:
            return name
        return f"_{self.private}{name}"

    def close(self, words: list[str], *, renamed: bool) -> None:
        """Settle what the scope needs from outside and which of its variables are cells, now that all of it was seen.

        `words` holds every name that the code reads, among other words. `renamed` says that a comprehension's target
        of an enclosing scope is visible.
        """
        if self.kind == "module" or not self.parent:
            self._keep(self._wanted())
            return
        if self.nested or renamed:
            own = self.silent.union(words)
            own.difference_update(self.bound, self.declared_global)
            own |= self.declared_nonlocal
        else:
            own = set()
        if self.kind == "class":
            wanted = self._wanted()
            self._keep(wanted)
            self.needs = own | wanted.difference(self.cells)
        else:
            if CLASS_CELL not in self.bound and ("super" in words or CLASS_CELL in words):
                own.add(CLASS_CELL)
            wanted = self._wanted()
            self._keep(wanted)
            wanted.difference_update(self.bound, self.declared_global)
            self.needs = own | wanted
        if self.needs:
            self.parent.children.append(self)

    def _wanted(self) -> set[str]:
        return set().union(*[child.needs for child in self.children]) if self.children else set()

    def _keep(self, wanted: set[str]) -> None:
        if not wanted:
            return
        if self.kind in ("function", "lambda"):
            self.cells = [name for name in self.bound if name in wanted]
        else:
            # Class and module variables are invisible to inner functions, but a comprehension's scope is a function's.
            self.cells = [name for name in self.bound if RENAMED in name and name in wanted]
            if self.kind == "class" and CLASS_CELL in wanted:
                self.cells.append(CLASS_CELL)
        if self.cells:
            names = set(self.cells)
            for child in self.children:
                child.receive(names)

    def receive(self, names: Iterable[str]) -> None:
        """Learn that an enclosing scope binds the names: those that are needed here are free variables."""
        mine = self.needs.intersection(names)
        if not mine:
            return
        # What a class body binds itself it only passes on to its methods.
        self.free |= mine.difference(self.bound) if self.kind == "class" else mine
        if self.code is not None:
            msgspec.structs.force_setattr(self.code, "free", tuple(sorted(self.free)))
        for child in self.children:
            # A class body's own variables do not hide a name from its methods.
            child.receive(mine if self.kind == "class" else mine.difference(self.bound))
