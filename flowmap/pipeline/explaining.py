"""Why one function calls another: the program is analysed once more, and the way of the callee is followed back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flowmap.analysis.program import Analysis
from flowmap.analysis.provenance.explainer import Explainer
from flowmap.analysis.provenance.explanation import Chain, Explanation, Step, StepKind
from flowmap.analysis.provenance.tracing import TracingInterpreter
from flowmap.analysis.stack import on_deep_stack
from flowmap.callgraph.build import build
from flowmap.callgraph.queries import function_named
from flowmap.errors import NoSuchCallError
from flowmap.names import FunctionName
from flowmap.pipeline.mapping import analyse_program
from flowmap.pipeline.programs import analyse_files
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.render.explanation import ModuleText, render_explanation
from flowmap.sources.tree import SOURCE_SUFFIX, SourceTree

_IN_MODULES: Final = frozenset({StepKind.ASSIGNMENT, StepKind.ITEM, StepKind.LITERAL})


@dataclass(frozen=True, slots=True)
class _Explained:
    """A program that can be asked. `settings`: the module that the project keeps its settings in."""

    analysis: Analysis
    tree: SourceTree
    settings: str | None


def explain(request: Request, caller: str, callee: str, progress: Progress = silent) -> str:
    """The explanation of a call as text; the functions may be named by the end of their names.

    A target that is a Python file is the program that starts with it. Raises UnknownFunctionError,
    AmbiguousFunctionError, NoSuchCallError and what mapping raises.
    """
    program = _analysed(request, progress)
    progress("following the callee back")
    graph = build(program.analysis)
    first, last = function_named(graph, caller), function_named(graph, callee)
    edges = {(edge.caller, edge.callee) for edge in graph.edges}
    if (first, last) not in edges:
        raise NoSuchCallError(str(first), str(last), [str(b) for a, b in sorted(edges) if a == first])
    explanation = on_deep_stack(lambda: _explanation(program.analysis, first, last))
    texts = _texts(program, (explanation.chain, *explanation.found_by))
    chains = [_settled(chain, program.settings, texts) for chain in (explanation.chain, *explanation.found_by)]
    return render_explanation(replace(explanation, chain=chains[0], found_by=tuple(chains[1:])), texts)


def _analysed(request: Request, progress: Progress) -> _Explained:
    path = Path(request.target)
    if path.suffix == SOURCE_SUFFIX and path.is_file():
        progress(f"following {path.name}")
        analysis, tree = analyse_files(
            [path], library=request.library, platform=request.platform, frontier=request.frontier or (),
            jobs=request.jobs, no_cache=request.no_cache, interpreter=TracingInterpreter,
        )  # fmt: skip
        return _Explained(analysis, tree, None)
    program = analyse_program(request, progress, TracingInterpreter)
    return _Explained(program.analysis, program.tree, program.entrance.settings)


def _explanation(analysis: Analysis, caller: FunctionName, callee: FunctionName) -> Explanation:
    assert isinstance(analysis.machine, TracingInterpreter)
    return Explainer(analysis.machine, analysis.reachable(), analysis.entry).explain(caller, callee)


def _texts(program: _Explained, chains: Iterable[Chain]) -> dict[str, ModuleText]:
    modules = sorted({step.function.module for chain in chains for step in chain.steps})
    result: dict[str, ModuleText] = {}
    for module in modules:
        source = program.tree.find(module)
        if source is not None and source.file is not None:
            text = source.file.read().decode("utf-8", errors="replace")
            result[module] = ModuleText(source.file.path, text.splitlines())
    return result


def _settled(chain: Chain, settings: str | None, texts: dict[str, ModuleText]) -> Chain:
    """The chain with settings called so, and literals on their own line where that is another one."""
    steps: list[Step] = []
    for each in chain.steps:
        step = each
        if step.kind is StepKind.LITERAL:
            line = _line_with(step, texts.get(step.function.module))
            last = steps[-1] if steps else None
            if last is not None and (last.function, last.line) == (step.function, step.line):
                if line == step.line:
                    continue
                # Where the statement begins says less than the line of the literal in it.
                steps.pop()
            step = replace(step, line=line, end_line=line)
        steps.append(step)
    return replace(chain, steps=tuple(_called_setting(step, settings) for step in steps))


def _called_setting(step: Step, settings: str | None) -> Step:
    is_setting = step.function.module == settings and step.kind in _IN_MODULES
    return replace(step, kind=StepKind.SETTING) if is_setting else step


def _line_with(step: Step, text: ModuleText | None) -> int:
    """The only line of a statement with the text of a literal; where there is none such, its first line."""
    lines = range(step.line, step.end_line + 1) if text is not None else ()
    wanted = step.value[1:-1]
    found = [line for line in lines if text is not None and wanted in text.lines[line - 1]] if wanted else []
    exact = [
        line for line in found if text is not None and any(f"{q}{wanted}{q}" in text.lines[line - 1] for q in "'\"")
    ]
    return (exact or found)[0] if len(exact or found) == 1 else step.line
