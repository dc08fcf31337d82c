"""Programs of one file, mapped: who calls whom, as `caller -> callee` by qualified name."""

from __future__ import annotations

import textwrap
from functools import cache

from flowmap.analysis.entry import Entry
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.program import Analysis, analyse
from flowmap.analysis.provenance.explainer import Explainer
from flowmap.analysis.provenance.explanation import Chain, Explanation
from flowmap.analysis.provenance.tracing import TracingInterpreter
from flowmap.callgraph.build import build
from flowmap.callgraph.model import CallGraph
from flowmap.names import FunctionName, Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import StandardLibrary, standard_library
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend

MAIN = Entry("main")


@cache
def _library() -> tuple[StandardLibrary, Frontend]:
    return standard_library(None), Frontend()


def mapped(source: str, **others: str) -> CallGraph:
    """The graph of `main.py` and of other modules by name (`pkg__mod` is pkg/mod.py)."""
    return build(analysed(source, Interpreter, **others))


def explained(source: str, caller: str, callee: str, **others: str) -> Explanation:
    """Why one function calls another, named as FunctionName.parse reads it, `main:` left out."""
    analysis = analysed(source, TracingInterpreter, **others)
    assert isinstance(analysis.machine, TracingInterpreter)
    names = [FunctionName.parse(name if ":" in name else f"main:{name}") for name in (caller, callee)]
    return Explainer(analysis.machine, analysis.reachable(), analysis.entry).explain(*names)


def steps(chain: Chain) -> list[str]:
    """The steps of a chain: their kind and line, the module before the line where it is not main."""
    return [
        f"{step.kind} {'' if step.function.module == 'main' else f'{step.function.module}:'}{step.line}"
        for step in chain.steps
    ]


def analysed(source: str, interpreter: type[Interpreter] = Interpreter, entry: Entry = MAIN, **others: str) -> Analysis:
    """The run itself, at its fixpoint."""
    library, frontend = _library()
    files = {f"{name.replace('__', '/')}.py": textwrap.dedent(text).encode() for name, text in others.items()}
    files["main.py"] = textwrap.dedent(source).encode()
    roots = [Root(Origin.PROJECT, MemoryFiles(files)), Root(Origin.STDLIB, library.files)]
    return analyse(SourceTree(roots), frontend, entry, interpreter=interpreter)


def calls(source: str, **others: str) -> set[str]:
    """The calls within the program: `caller -> callee`, the module left out where it is main."""
    graph = mapped(source, **others)
    own = {"main", *(name.replace("__", ".") for name in others)}
    return {
        f"{_short(edge.caller.module, edge.caller.qualname)} -> {_short(edge.callee.module, edge.callee.qualname)}"
        for edge in graph.edges
        if edge.caller.module in own and edge.callee.module in own
    }


def callees(source: str, caller: str = "<module>", **others: str) -> set[str]:
    """What one function of main calls, in the program and the library."""
    graph = mapped(source, **others)
    return {
        _short(edge.callee.module, edge.callee.qualname)
        for edge in graph.edges
        if edge.caller.module == "main" and edge.caller.qualname == caller
    }


def gaps(source: str) -> list[int]:
    """The lines of main with a gap."""
    return sorted({gap.line for gap in mapped(source).gaps if gap.caller.module == "main"})


def _short(module: str, qualname: str) -> str:
    return qualname if module == "main" else f"{module}:{qualname}"
