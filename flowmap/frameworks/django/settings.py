"""What a project's files say, before they are analysed, about its settings: read off the IR, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from flowmap.errors import UnreadableProjectError
from flowmap.names import Origin
from flowmap.sources.tree import ModuleSource, SourceFile, SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.unreadable import Unreadable

_DOTTED: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_NAME: Final = re.compile(r"[^\W\d]\w*")


class Default(NamedTuple):
    """An environment variable and the text that a file gives it, where the outside gives it none."""

    variable: str
    value: str


def read_project_module(name: str, tree: SourceTree, frontend: Frontend) -> ir.Module | None:
    """The IR of a module of the project; None when the project has none of that name.

    Raises UnreadableProjectError, which names the line.
    """
    file = project_file(name, tree)
    if file is None:
        return None
    parsed = frontend.module(name, file.read())
    if isinstance(parsed, Unreadable):
        raise UnreadableProjectError(file.path, parsed.line, parsed.reason)
    return parsed


def project_file(name: str, tree: SourceTree) -> SourceFile | None:
    """The file of a module of the project; None when the project has none of that name."""
    source = tree.find(name)
    return source.file if source is not None and source.origin is Origin.PROJECT else None


def environment_defaults(module: ir.Module) -> tuple[Default, ...]:
    """The variables that a file sets to a fixed text: `environ.setdefault(name, text)`, `environ[name] = text`."""
    return tuple(found for node in nodes_of(module.code) for found in _defaults(node))


def imported_module(module: ir.Module, tree: SourceTree) -> str | None:
    """The first module of the project that a file imports under its bare name, as manage.py once did its settings."""
    for node in nodes_of(module.code):
        if isinstance(node, ir.Import):
            for alias in node.names:
                if project_file(alias.name, tree) is not None:
                    return alias.name
    return None


def setting_strings(settings: str, tree: SourceTree, frontend: Frontend) -> frozenset[str]:
    """The strings of a settings module that name a module of the tree, or something in one.

    Settings are often spread over modules: those of the project that it imports count. Raises UnreadableProjectError.
    """
    found: set[str] = set()
    pending, seen = [settings], {settings}
    while pending:
        name = pending.pop()
        module = read_project_module(name, tree, frontend)
        if module is None:
            continue
        fresh = [imported for imported in _imports(module, tree.find(name)) if imported not in seen]
        seen.update(fresh)
        pending.extend(fresh)
        found.update(text for text in _strings(module.code) if names_something(text, tree))
    return frozenset(found)


def settings_modules(settings: str, tree: SourceTree, frontend: Frontend) -> tuple[str, ...]:
    """The modules of the project that the settings are spread over: the one, and those it takes everything from.

    Raises UnreadableProjectError.
    """
    found = [settings]
    for name in found:
        module = read_project_module(name, tree, frontend)
        source = tree.find(name)
        for node in nodes_of(module.code) if module is not None and source is not None else ():
            if isinstance(node, ir.ImportFrom) and any(alias.name == "*" for alias in node.names):
                base = _base(node, source)
                if base not in found and project_file(base, tree) is not None:
                    found.append(base)
    return tuple(found)


def names_something(text: str, tree: SourceTree) -> bool:
    """Whether a string is the dotted name of a module of the tree, or of an attribute (of a class) of one."""
    if not _DOTTED.fullmatch(text):
        return False
    parts = text.split(".")
    # A bare word that names a module of the library (`email`, `test`) is a word.
    first = tree.find(parts[0])
    if first is None or (len(parts) == 1 and first.origin is Origin.STDLIB):
        return False
    return any(
        (source := tree.find(".".join(parts[:length]))) is not None
        and (length == len(parts) or source.file is not None)
        for length in range(len(parts), max(len(parts) - 3, 0), -1)
    )


def _imports(module: ir.Module, source: ModuleSource | None) -> Iterator[str]:
    if source is None:
        return
    for node in nodes_of(module.code):
        if isinstance(node, ir.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ir.ImportFrom):
            base = _base(node, source)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def _base(node: ir.ImportFrom, source: ModuleSource | None) -> str:
    """The module that is imported from, by its whole name."""
    if not node.level or source is None:
        return node.module
    package = source.name if source.is_package else source.name.rpartition(".")[0]
    parts = package.split(".")
    outer = parts[: len(parts) - node.level + 1]
    return ".".join([*outer, node.module] if node.module else outer)


def _defaults(node: msgspec.Struct) -> Iterator[Default]:
    match node:
        case ir.Call(
            func=ir.Attribute(attr="setdefault"),
            arguments=(
                ir.Argument(value=ir.Constant(value=str(name))),
                ir.Argument(value=ir.Constant(value=str(value))),
            ),
        ) if _NAME.fullmatch(name):
            yield Default(name, value)
        case ir.Assign(
            targets=(ir.Subscript(value=ir.Attribute(attr="environ"), index=ir.Constant(value=str(name))),),
            value=ir.Constant(value=str(value)),
        ):
            yield Default(name, value)


def _strings(node: msgspec.Struct) -> Iterator[str]:
    for each in nodes_of(node):
        if isinstance(each, ir.Constant) and isinstance(each.value, str):
            yield each.value


def nodes_of(node: object) -> Iterator[msgspec.Struct]:
    """A node and all below it, in source order."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, msgspec.Struct):
            yield each
            pending.extend(getattr(each, name) for name in reversed(each.__struct_fields__))
        elif isinstance(each, tuple):
            pending.extend(reversed(each))
