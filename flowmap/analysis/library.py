"""The source tree and the frontend, as the interpreter asks for them: modules by name, IR on demand."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from flowmap.analysis.platform import lies_behind
from flowmap.errors import UnreadableSourceError
from flowmap.names import Origin
from flowmap.sources.tree import ModuleSource, SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.unreadable import Unreadable


class TreeLibrary:
    """A Library over a SourceTree. `loaded` maps the modules that were read to where they came from."""

    def __init__(self, tree: SourceTree, frontend: Frontend, closed: frozenset[str] = frozenset()) -> None:
        self.closed = closed
        self._tree = tree
        self._frontend = frontend
        self.loaded: dict[str, ModuleSource] = {}
        self._ahead: set[str] = set()

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
        try:
            content = module.file.read()
        except UnreadableSourceError as error:
            return error.message
        except KeyError:
            return f"{module.file.path} is not there any more"
        parsed = self._frontend.module(module.name, content)
        if isinstance(parsed, Unreadable):
            return f"{module.file.path}:{parsed.line}: {parsed.reason}"
        self._read_ahead(module, parsed.imports)
        return parsed

    def _read_ahead(self, module: ModuleSource, imports: Iterable[str]) -> None:
        """Has other processes parse what a module will import next; this changes when, never what."""
        for name in imports:
            full = _absolute(module, name)
            if full in self._ahead or full in self.loaded or lies_behind(full, self.closed):
                continue
            self._ahead.add(full)
            source = self._tree.find(full)
            if source is not None and source.file is not None:
                # What cannot be read is said where it is loaded.
                with suppress(UnreadableSourceError, KeyError):
                    self._frontend.prefetch([(full, source.file.read())])


def _absolute(module: ModuleSource, name: str) -> str:
    """The module that a name in an import statement means; relative ones begin with dots."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = module.name.split(".")
    keep = len(parts) - level + module.is_package
    return ".".join([*parts[:keep], *filter(None, [name[level:]])])
