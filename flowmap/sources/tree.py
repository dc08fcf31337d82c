"""The files under study, found by module name or by path. Everything above reads source through this."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from flowmap.characters import is_identifier
from flowmap.names import Origin
from flowmap.sources.licences import Licence, LicenceOf, no_licence

SOURCE_SUFFIX = ".py"
PACKAGE_FILE = "__init__.py"

# The order in which a module's name is looked up, as in Python: the folder of the script, the standard library, then
# installed packages, whose backports never shadow the library. The distribution is what is meant by its name.
SEARCH_ORDER = (Origin.PROJECT, Origin.DISTRIBUTION, Origin.STDLIB, Origin.DEPENDENCY)


class Files(Protocol):
    """The files of one root: an archive, a directory or rendered text. Paths are relative, `/`-separated."""

    def paths(self) -> Sequence[str]:
        """All paths, sorted."""

    def read(self, path: str) -> bytes:
        """The content; KeyError when there is no such path."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a tree; its content is read when it is asked for."""

    origin: Origin
    path: str
    files: Files = field(repr=False, compare=False)

    def read(self) -> bytes:
        """The content, as it stands in the archive or folder."""
        return self.files.read(self.path)


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """Where a module's source is. A namespace package (PEP 420) has no file; `folder` is a package's, else None."""

    name: str
    origin: Origin
    file: SourceFile | None
    folder: str | None

    @property
    def is_package(self) -> bool:
        return self.folder is not None


@dataclass(frozen=True, slots=True)
class Root:
    """Files that are searched together. `licence` is that of the file at a path."""

    origin: Origin
    files: Files = field(repr=False, compare=False)
    licence: LicenceOf = field(default=no_licence, repr=False, compare=False)


def content_digest(files: Files) -> str:
    """The SHA-256 over all paths and contents, in hex: equal for equal files, wherever they lie."""
    total = hashlib.sha256()
    for path in files.paths():
        content = files.read(path)
        total.update(f"{path}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


@runtime_checkable
class Digested(Protocol):
    """Files that know a digest of their paths and contents without all of them being read."""

    def digest(self) -> str:
        """In hex; files that are not the same have another one."""


def _digest(files: Files) -> str:
    return files.digest() if isinstance(files, Digested) else content_digest(files)


class _Folders:
    """What is in each folder of a root, indexed once. The root itself is the folder ''."""

    __slots__ = ("_entries", "_names", "_paths")

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._entries: dict[str, set[str]] = {"": set()}
        self._names: dict[str, tuple[str, ...]] = {}
        for path in self._paths:
            self._add(path)

    def _add(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        known = self._entries.get(folder)
        if known is None:
            self._entries[folder] = {name}
            self._add(folder)
        else:
            known.add(name)

    def has_file(self, path: str) -> bool:
        return path in self._paths

    def has_folder(self, path: str) -> bool:
        return path in self._entries

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, sorted; () when there is no such folder."""
        found = self._names.get(folder)
        if found is None:
            found = self._names[folder] = tuple(sorted(self._entries.get(folder, ())))
        return found


@dataclass(frozen=True, slots=True)
class _Portion:
    """A folder that holds submodules of a package: one for a regular package, several for a namespace package."""

    root: int
    folder: str


@dataclass(frozen=True, slots=True)
class _Found:
    source: ModuleSource
    portions: tuple[_Portion, ...] = ()


class SourceTree:
    """All files under study, searched in the order project, distribution, standard library, dependencies.

    Names are looked up as Python's path finder does (language reference 5.5): in each root a regular package comes
    before a module, and folders without a package file make up a namespace package when nothing else is found.
    """

    def __init__(self, roots: Iterable[Root]) -> None:
        self._roots = tuple(sorted(roots, key=lambda root: SEARCH_ORDER.index(root.origin)))
        self._folders = tuple(_Folders(root.files.paths()) for root in self._roots)
        self._found: dict[str, _Found | None] = {}
        self._modules: dict[Origin, tuple[str, ...]] = {}

    @property
    def roots(self) -> tuple[Root, ...]:
        """In the order in which they are searched."""
        return self._roots

    def digest(self) -> str:
        """The SHA-256 over the roots and their contents as they are now, in hex.

        Two calls differ when a file was changed, or taken away (KeyError), between them.
        """
        digests = "\n".join(f"{root.origin} {_digest(root.files)}" for root in self._roots)
        return hashlib.sha256(digests.encode()).hexdigest()

    def find(self, name: str) -> ModuleSource | None:
        """The module of a dotted absolute name; None when it is in no root (a C extension, or not there at all)."""
        found = self._lookup(name)
        return None if found is None else found.source

    def submodules(self, name: str) -> tuple[tuple[str, bool], ...]:
        """(last component, is it a package) of each direct submodule, sorted; () when `name` is no package.

        As pkgutil.iter_modules: folders without a package file are left out.
        """
        found = self._lookup(name)
        portions = found.portions if found is not None else ()
        names: dict[str, bool] = {}
        for portion in portions:
            for child, is_package in self._children(portion):
                names.setdefault(child, is_package)
        return tuple(sorted(names.items()))

    def modules(self, origin: Origin) -> tuple[str, ...]:
        """The names of all modules that have their file in roots of that origin, sorted."""
        known = self._modules.get(origin)
        if known is None:
            names = {
                name
                for root in self._roots
                if root.origin is origin
                for name in map(module_name, root.files.paths())
                if name is not None
            }
            known = tuple(name for name in sorted(names) if self._belongs(name, origin))
            self._modules[origin] = known
        return known

    def licence(self, file: SourceFile) -> Licence | None:
        """Under which licence a file of the tree may be quoted; None when none is known."""
        root = next(root for root in self._roots if root.files is file.files)
        return root.licence(file.path)

    def virtual_path(self, origin: Origin, path: str) -> str:
        """The path that the analysed program sees (`__file__`): the same on every machine.

        All dependencies share one folder, as they do in site-packages.
        """
        return f"/{origin.value}/{path}" if path else f"/{origin.value}"

    def at(self, virtual_path: str) -> SourceFile | None:
        """The file of a virtual path; None when there is no such file. `..` and `.` are resolved."""
        for index, path in self._places(virtual_path):
            if self._folders[index].has_file(path):
                return SourceFile(self._roots[index].origin, path, self._roots[index].files)
        return None

    def listdir(self, virtual_path: str) -> tuple[str, ...] | None:
        """The names in a folder, sorted; None when it is no folder of the tree."""
        if _normal(virtual_path) == "/":
            return tuple(sorted({root.origin.value for root in self._roots}))
        places = [place for place in self._places(virtual_path) if self._folders[place[0]].has_folder(place[1])]
        if not places:
            return None
        return tuple(sorted({name for index, path in places for name in self._folders[index].names(path)}))

    def _places(self, virtual_path: str) -> list[tuple[int, str]]:
        first, _, path = _normal(virtual_path)[1:].partition("/")
        return [(index, path) for index, root in enumerate(self._roots) if root.origin.value == first]

    def _belongs(self, name: str, origin: Origin) -> bool:
        source = self.find(name)
        return source is not None and source.file is not None and source.origin is origin

    def _children(self, portion: _Portion) -> Iterable[tuple[str, bool]]:
        folders = self._folders[portion.root]
        for name in folders.names(portion.folder):
            stem = name.removesuffix(SOURCE_SUFFIX)
            path = _join(portion.folder, name)
            if stem == name:
                if is_identifier(name) and folders.has_file(f"{path}/{PACKAGE_FILE}"):
                    yield name, True
            elif name != PACKAGE_FILE and is_identifier(stem):
                yield stem, folders.has_file(f"{_join(portion.folder, stem)}/{PACKAGE_FILE}")

    def _lookup(self, name: str) -> _Found | None:
        try:
            return self._found[name]
        except KeyError:
            found = self._found[name] = self._search(name)
            return found

    def _search(self, name: str) -> _Found | None:
        parent, dot, last = name.rpartition(".")
        if not is_identifier(last) or (dot and not parent):
            return None
        portions: Iterable[_Portion]
        if parent:
            package = self._lookup(parent)
            portions = () if package is None else package.portions
        else:
            portions = (_Portion(index, "") for index in range(len(self._roots)))
        namespace = []
        for portion in portions:
            found = self._in_portion(name, portion, last)
            if isinstance(found, _Found):
                return found
            if found is not None:
                namespace.append(found)
        if not namespace:
            return None
        first = namespace[0]
        return _Found(ModuleSource(name, self._roots[first.root].origin, None, first.folder), tuple(namespace))

    def _in_portion(self, name: str, portion: _Portion, last: str) -> _Found | _Portion | None:
        """A module or regular package, a portion of a namespace package, or nothing."""
        root = self._roots[portion.root]
        folders = self._folders[portion.root]
        path = _join(portion.folder, last)
        for file, folder in ((f"{path}/{PACKAGE_FILE}", path), (path + SOURCE_SUFFIX, None)):
            if folders.has_file(file):
                source = ModuleSource(name, root.origin, SourceFile(root.origin, file, root.files), folder)
                return _Found(source, () if folder is None else (_Portion(portion.root, folder),))
        return _Portion(portion.root, path) if folders.has_folder(path) else None


def module_name(path: str) -> str | None:
    """The dotted name under which a file can be imported from its root; None when it cannot be."""
    stem = path.removesuffix(SOURCE_SUFFIX)
    if stem == path:
        return None
    parts = stem.split("/")
    if parts[-1] == "__init__":
        parts.pop()
    if not parts or not all(map(is_identifier, parts)):
        return None
    return ".".join(parts)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _normal(virtual_path: str) -> str:
    # normpath keeps two leading slashes, which POSIX lets mean something else.
    return posixpath.normpath("/" + virtual_path.lstrip("/"))
