"""A module in two: some of its definitions stand in another module and are imported back."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping

from tests.cases.case import Case
from tests.properties.variants.definitions import Definition, plain_definitions

OTHER = "other_half"
_MODULE = "main"
# Whatever tells a function where it was defined, or reaches a module's names in another way than by their name.
_TELLING = frozenset(
    """
    globals locals vars dir eval exec compile __import__ import_module __name__ __module__ __qualname__ __globals__
    __dict__ __file__ __spec__ __package__ sys inspect modules getmodule _getframe currentframe pickle
    """.split()
)
_BUILTINS = frozenset(vars(builtins))
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def split(case: Case) -> tuple[tuple[str, str], ...] | None:
    """The files with a part of main in `other_half`; None where there is no part that could stand alone."""
    if case.modules & {OTHER} or any(_tells(text) for _, text in case.files):
        return None
    (path, text), *others = case.files
    tree = ast.parse(text)
    moved = _standing_alone(tree, case.modules)
    if path != f"{_MODULE}.py" or not moved:
        return None
    imports, of_module = _imports(tree, case.modules), _names_of(tree)
    used = {name for each in moved for name in _globals_of(each, of_module)}
    futures = [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == "__future__"]
    needed = {id(imports[name]): imports[name] for name in sorted(used & imports.keys())}
    half = ast.Module([*futures, *needed.values(), *moved], [])
    names = [ast.alias(each.name) for each in moved]
    gone = {id(each) for each in moved}
    rest = [each for each in tree.body if id(each) not in gone]
    at = _after_head(rest)
    tree.body = [*rest[:at], ast.ImportFrom(OTHER, names, 0), *rest[at:]]
    return ((path, _text(tree)), (f"{OTHER}.py", _text(half)), *others)


def _text(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree))


def _tells(text: str) -> bool:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        words: Iterable[str] = ()
        if isinstance(node, ast.Name):
            words = (node.id,)
        elif isinstance(node, ast.Attribute):
            words = (node.attr,)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = (node.value, *node.value.split("."), *node.value.split(":"))
        elif isinstance(node, ast.Import):
            words = [part for alias in node.names for part in alias.name.split(".")]
        elif isinstance(node, ast.ImportFrom):
            words = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        # The name of the main module is itself a way to it.
        if not (_TELLING | {_MODULE}).isdisjoint(words):
            return True
    return False


def _imports(tree: ast.Module, own: frozenset[str]) -> Mapping[str, ast.stmt]:
    """Top-level imports of the library, by the name that each binds: it does not matter who imports it first."""
    found: dict[str, ast.stmt] = {}
    packages = {name.partition(".")[0] for name in own}
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            modules = [statement.module]
        else:
            continue
        if packages.isdisjoint(module.partition(".")[0] for module in modules) and modules != ["__future__"]:
            found.update(dict.fromkeys(map(_bound_by, statement.names), statement))
    return found


def _bound_by(alias: ast.alias) -> str:
    return (alias.asname or alias.name).partition(".")[0]


def _names_of(tree: ast.Module) -> frozenset[str]:
    """Every name that the module may have: all that are bound in it, wherever."""
    inner = {id(node) for statement in tree.body if isinstance(statement, _SCOPES) for node in ast.walk(statement)}
    outer = {id(statement) for statement in tree.body}
    return frozenset(
        name
        for node in ast.walk(tree)
        if id(node) in outer or id(node) not in inner or isinstance(node, ast.Global)
        for name in _bound_here(node)
    )


def _standing_alone(tree: ast.Module, own: frozenset[str]) -> list[Definition]:
    """The definitions that are bound once, and reach nothing of the module but each other and what is imported."""
    bindings = [name for node in ast.walk(tree) for name in _bound_here(node)]
    if "*" in bindings:
        return []
    imported = {name for name in _imports(tree, own) if bindings.count(name) == 1}
    of_module = _names_of(tree)
    part = [each for each in plain_definitions(tree) if bindings.count(each.name) == 1 and not _declares(each)]
    while True:
        allowed = {each.name for each in part} | imported | (_BUILTINS - of_module)
        kept = [each for each in part if _globals_of(each, of_module) <= allowed]
        if len(kept) == len(part):
            return part
        part = kept


def _bound_here(node: ast.AST) -> Iterable[str]:
    """Names that this one node binds, or declares to be bound elsewhere."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return (name,)
        case ast.alias(name=name, asname=other):
            return (_bound_by(ast.alias(name, other)),)
        case ast.Global(names=names):
            return names
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        # An attribute of that name may be set on the module.
        case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
            return (name,)
    return ()


def _globals_of(definition: Definition, of_module: frozenset[str]) -> frozenset[str]:
    """The names that are read inside and may be globals: what is bound inside is none, unless the module has it."""
    bound = {name for node in ast.walk(definition) for name in _bound_here(node) if not isinstance(node, ast.Attribute)}
    read = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return frozenset(read - (bound - of_module))


def _declares(definition: Definition) -> bool:
    return any(isinstance(node, ast.Global) for node in ast.walk(definition))


def _after_head(body: list[ast.stmt]) -> int:
    """Where the docstring and the imports from __future__ end."""
    for index, statement in enumerate(body):
        is_doc = index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_doc and not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            return index
    return len(body)
