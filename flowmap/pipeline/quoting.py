"""The source of the functions that a page shows, read from the tree that they were found in."""

from __future__ import annotations

import io
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, assert_never

from flowmap.callgraph.model import CallGraph, Function, NodeKind
from flowmap.flow.model import Flow
from flowmap.names import FunctionName, Origin
from flowmap.render.excerpts import Excerpt
from flowmap.sources.licences import Licence
from flowmap.sources.tree import SourceFile, SourceTree

# Lines around each call of a body that is as long as its module or class.
_AROUND: Final = 2


@dataclass(frozen=True, slots=True)
class Quoted:
    """Source by function, and the licences that go with it, sorted. The user's own project has none."""

    sources: Mapping[FunctionName, tuple[Excerpt, ...]]
    licences: tuple[Licence, ...]


def quoted(flows: Sequence[Flow], graph: CallGraph, tree: SourceTree, library: Licence) -> Quoted:
    """The source of every function of the flows that has one in the tree, but for dependencies without a licence.

    A function is quoted whole, a module or a class around the lines that call, or leave a gap: what is defined in it
    is quoted for itself. `library` is the licence of the standard library.
    """
    functions = {name: each for flow in flows for name, each in flow.functions.items() if each.file}
    sites = _sites(flows, graph)
    texts: dict[str, Sequence[str] | None] = {}
    licences: set[Licence] = set()
    found: dict[FunctionName, tuple[Excerpt, ...]] = {}
    for name, function in sorted(functions.items()):
        if name.module not in texts:
            file = _file(name.module, function, tree)
            licence = None if file is None else _licence(file, tree, library)
            is_withheld = licence is None and function.origin is Origin.DEPENDENCY
            texts[name.module] = None if file is None or is_withheld else _lines(file)
            licences |= set() if licence is None else {licence}
        lines = texts[name.module]
        if lines is not None:
            found[name] = tuple(_excerpts(function, lines, sites.get(name, ())))
    return Quoted(found, tuple(sorted(licences)))


def _licence(file: SourceFile, tree: SourceTree, library: Licence) -> Licence | None:
    match file.origin:
        case Origin.PROJECT:
            return None
        case Origin.STDLIB:
            return library
        case Origin.DISTRIBUTION | Origin.DEPENDENCY:
            return tree.licence(file)
        case _:
            assert_never(file.origin)


def _sites(flows: Sequence[Flow], graph: CallGraph) -> Mapping[FunctionName, set[int]]:
    """The lines that call something, or leave a gap, by the function that they stand in."""
    found: dict[FunctionName, set[int]] = {}
    for edge in graph.edges:
        found.setdefault(edge.caller, set()).update(site.line for site in edge.sites)
    for flow in flows:
        for stage in flow.stages:
            for step in stage.steps:
                found.setdefault(step.caller, set()).add(step.line)
    for gap in graph.gaps:
        found.setdefault(gap.caller, set()).add(gap.line)
    return found


def _file(module: str, function: Function, tree: SourceTree) -> SourceFile | None:
    source = tree.find(module)
    is_it = source is not None and source.file is not None and source.file.path == function.file
    return source.file if source is not None and is_it else None


def _lines(file: SourceFile) -> Sequence[str]:
    content = file.read()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:
        encoding = "utf-8"
    # As the tokenizer counts: what str.splitlines takes for a line's end besides these is part of a line.
    return content.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _excerpts(function: Function, lines: Sequence[str], sites: Iterable[int]) -> Iterator[Excerpt]:
    last = min(function.end_line, len(lines))
    shown: Iterable[int] = range(function.line, last + 1)
    if function.kind is not NodeKind.FUNCTION:
        near = {line + by for line in sites for by in range(-_AROUND, _AROUND + 1)}
        shown = sorted(line for line in near | {function.line} if function.line <= line <= last)
    for _, run in groupby(enumerate(shown), lambda item: item[1] - item[0]):
        numbers = [number for _, number in run]
        text = "\n".join(lines[number - 1] for number in numbers)
        yield Excerpt(numbers[0], textwrap.dedent(text))
