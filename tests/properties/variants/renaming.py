"""The same program under other names."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import keyword
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.cases.case import Case, module_name

_WORD = re.compile(r"[^\W\d]\w*")
# Not <module>, <lambda> and <locals>.
_NAME = re.compile(r"(?<![\w<])[^\W\d]\w*")
# What reaches a name by a text that may be put together of pieces.
_BY_TEXT = frozenset(
    """
    getattr setattr hasattr delattr globals locals vars dir eval exec compile __import__ import_module __dict__ __name__
    __qualname__ __getattr__ __getattribute__ __setattr__ __delattr__ __set_name__ __slots__ attrgetter methodcaller
    getmembers __members__ _member_map_ name __annotations__ __match_args__ __all__ namedtuple fields signature
    parameters __code__ co_name
    """.split()
)
# Of builtins that take keywords, and of class statements.
_KEYWORDS = frozenset("metaclass key default reverse sep end file flush start strict encoding errors mode obj".split())


class Renaming:
    """Other names for all that a case defines and reaches by name alone. The order of the names is turned round."""

    def __init__(self, case: Case) -> None:
        trees = [ast.parse(text) for _, text in case.files]
        self._own = {part for path, _ in case.files for part in module_name(path).split(".")}
        kept = set(_kept(trees, self._own))
        defined = sorted((set(_defined(trees)) | self._own) - kept)
        self.names: Mapping[str, str] = {
            # A leading underscore hides a name from `import *`.
            name: f"{'_' * name.startswith('_')}n{len(defined) - i:03}"
            for i, name in enumerate(defined)
        }
        self.files = tuple(
            (self._path(path), ast.unparse(self._renamed(tree)))
            for (path, _), tree in zip(case.files, trees, strict=True)
        )

    def name(self, text: str) -> str:
        """A node's id under the new names."""
        module, colon, qualname = text.partition(":")
        package = module.partition(".")[0]
        if package in sys.stdlib_module_names and package not in self._own:
            return text
        return self._dotted(module) + colon + _NAME.sub(lambda match: self._new(match.group()), qualname)

    def _new(self, name: str) -> str:
        return self.names.get(name, name)

    def _dotted(self, name: str) -> str:
        return ".".join(map(self._new, name.split(".")))

    def _path(self, path: str) -> str:
        return "/".join(map(self._new, path.removesuffix(".py").split("/"))) + ".py"

    def _renamed(self, tree: ast.Module) -> ast.Module:
        for node in ast.walk(tree):
            for field, value in ast.iter_fields(node):
                if isinstance(node, ast.Constant) or field == "type_comment":
                    continue
                if isinstance(value, str):
                    setattr(node, field, self._dotted(value))
                elif isinstance(value, list) and value and isinstance(value[0], str):
                    setattr(node, field, list(map(self._new, value)))
        return tree


def _defined(trees: Iterable[ast.Module]) -> Iterator[str]:
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                    yield name
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    yield name
                case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    yield name
                case ast.MatchMapping(rest=str(name)):
                    yield name
                case ast.MatchClass(kwd_attrs=names) | ast.Global(names=names) | ast.Nonlocal(names=names):
                    yield from names
                case ast.alias(name=name, asname=other):
                    yield from (part for part in name.split(".") if part != "*")
                    if other:
                        yield other


def _kept(trees: list[ast.Module], own: set[str]) -> Iterator[str]:
    """The names that mean something outside of the program, or are reached by a text."""
    yield from vars(builtins)
    yield from keyword.softkwlist
    yield from _KEYWORDS
    # The entry keeps its name.
    yield "main"
    names = set(_defined(trees)) | own
    # Special names, private ones, and those spelled out: `_C__x` is the private name `__x` of C.
    yield from (name for name in names if "__" in name)
    yield from (name for name in names if any(other.startswith(f"_{name}__") for other in names))
    for kind in (*vars(builtins).values(), *vars(types).values()):
        yield from dir(kind) if isinstance(kind, type) else ()
    for tree in trees:
        for module, bound in _foreign_imports(tree, own):
            yield from module.split(".")
            yield from bound
            yield from _attributes_of(module)
    yield from _reached_by_text(trees, names)


def _foreign_imports(tree: ast.Module, own: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The library's modules that are imported, and the names under which."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] not in own:
                    yield alias.name, [alias.asname] if alias.asname else []
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module.partition(".")[0] in own:
                continue
            yield node.module, [name for alias in node.names for name in (alias.name, alias.asname) if name]
            # `from concurrent import futures`
            yield from ((f"{node.module}.{alias.name}", []) for alias in node.names)


@cache
def _attributes_of(module: str) -> frozenset[str]:
    """Every attribute, method, parameter and short text that the library's module, and those below it, speak of."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None:
        return frozenset()
    found: set[str] = set()
    origin = Path(spec.origin or "")
    for file in sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]:
        if file.suffix == ".py":
            found.update(_attributes_in(ast.parse(file.read_bytes())))
    imported = importlib.import_module(module)
    found.update(dir(imported))
    for value in vars(imported).values():
        found.update(dir(value) if isinstance(value, type) else ())
    return frozenset(found)


def _attributes_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Constant(value=str(text)) if len(text) < 200:
                yield from _WORD.findall(text)


def _reached_by_text(trees: list[ast.Module], names: set[str]) -> set[str]:
    """Names that a text spells; where texts reach names, also those that may be cut out of one or put together."""
    texts = {
        word.lower()
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        for word in _WORD.findall(node.value if isinstance(node.value, str) else node.value.decode("latin-1"))
    }
    if names.isdisjoint(_BY_TEXT):
        return {name for name in names if name.lower() in texts}
    spelled = {name.lower() for name in names if any(text in name.lower() for text in texts)} | texts
    return {name for name in names if any(name.lower() in text for text in spelled)}
