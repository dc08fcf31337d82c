"""The source tree and the frontend, as the interpreter asks for them: modules by name, IR on demand."""

from __future__ import annotations

from flowmap.names import Origin
from flowmap.sources.tree import ModuleSource, SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.parse import Unreadable


class TreeLibrary:
    """A Library over a SourceTree. `loaded` maps the modules that were read to where they came from."""

    def __init__(self, tree: SourceTree, frontend: Frontend) -> None:
        self._tree = tree
        self._frontend = frontend
        self.loaded: dict[str, ModuleSource] = {}
        self._prefetched: set[str] = set()

    def find(self, name: str) -> ModuleSource | None:
        return self._tree.find(name)

    def submodules(self, name: str) -> tuple[tuple[str, bool], ...]:
        return self._tree.submodules(name)

    def virtual_path(self, origin: Origin, path: str) -> str:
        return self._tree.virtual_path(origin, path)

    def is_folder(self, virtual_path: str) -> bool | None:
        """Whether a path of the tree is a folder (True) or a file (False); None when it is not in the tree."""
        if self._tree.listdir(virtual_path) is not None:
            return True
        return False if self._tree.at(virtual_path) is not None else None

    def modules_in(self, virtual_path: str) -> tuple[tuple[str, bool], ...]:
        found: dict[str, bool] = {}
        for name in self._tree.listdir(virtual_path) or ():
            if name.endswith(".py") and name != "__init__.py":
                found.setdefault(name.removesuffix(".py"), False)
            elif self._tree.at(f"{virtual_path}/{name}/__init__.py") is not None:
                found[name] = True
        return tuple(sorted(found.items()))

    def load(self, module: ModuleSource) -> ir.Module | str:
        assert module.file is not None
        self.loaded[module.name] = module
        parsed = self._frontend.module(module.name, module.file.read())
        if isinstance(parsed, Unreadable):
            return f"{module.file.path}:{parsed.line}: {parsed.reason}"
        return parsed
