"""The call graph of any Python program: its files, without a framework."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flowmap.analysis.entry import Entry
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.platform import ALWAYS_THERE
from flowmap.analysis.program import Analysis, analyse
from flowmap.callgraph.build import build
from flowmap.callgraph.graphml import callgraph_graphml
from flowmap.callgraph.model import CallGraph
from flowmap.callgraph.simple import simple_json
from flowmap.characters import is_encodable, is_identifier
from flowmap.errors import FileNameError, NotebookError, ProgramNotFoundError, UnreadableProjectError
from flowmap.flow.model import Subject
from flowmap.names import FunctionName, Origin
from flowmap.pipeline.preparing import open_frontend
from flowmap.pipeline.results import Counts, Result, kept_result
from flowmap.render.callgraph_dot import callgraph_dot
from flowmap.snapshot import callgraph_json, read_callgraph
from flowmap.sources.directory import DirectoryFiles, list_files
from flowmap.sources.files import SelectedFiles
from flowmap.sources.stdlib import standard_library
from flowmap.sources.tree import SOURCE_SUFFIX, Files, Root, SourceTree, content_digest, module_name
from flowmap.syntax.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Program:
    """Files and where they are entered. `files` counts those that were read."""

    subject: Subject
    graph: CallGraph
    files: int


GRAPH_FORMATS: Final[Mapping[str, Callable[[Program], bytes]]] = {
    "json": lambda program: callgraph_json(program.graph, program.subject),
    "dot": lambda program: callgraph_dot(program.graph).encode(),
    "graphml": lambda program: callgraph_graphml(program.graph).encode(),
    "simple": lambda program: simple_json(program.graph),
}
"""How a call graph is written, by the name that --format takes."""


def callgraph_of_files(paths: Sequence[Path], root: Path) -> CallGraph:
    """The call graph of a program that is started with the first file; modules are found below `root`."""
    return map_files(paths, root).graph


def map_files(
    paths: Sequence[Path],
    root: Path | None = None,
    *,
    library: Path | None = None,
    platform: str = "linux",
    frontier: tuple[str, ...] = (),
    jobs: int | None = None,
) -> Program:
    """The call graph of a program that is started with the first of `paths`; see analyse_files."""
    return _mapped(_found(paths, root, library, platform, frontier), jobs)


def map_kept_files(
    paths: Sequence[Path],
    *,
    library: Path | None = None,
    platform: str = "linux",
    frontier: tuple[str, ...] = (),
    jobs: int | None = None,
    no_cache: bool = False,
) -> Program:
    """As map_files, unless nothing has changed since that was done before; then the graph is the one of then."""
    found = _found(paths, None, library, platform, frontier)
    if no_cache:
        return _mapped(found, jobs, no_cache=True)

    def compute() -> Result:
        program = _mapped(found, jobs)
        counts = Counts(program.files, 0, len(program.graph.edges), len(program.graph.gaps), {})
        uncalled = tuple(map(str, program.graph.uncalled))
        return Result(callgraph_json(program.graph, program.subject), counts, uncalled=uncalled)

    subject = found.subject
    facts = (subject.entry, subject.python, platform, frontier)
    result, _ = kept_result(found.tree, facts, compute)
    snapshot = read_callgraph(result.callgraph, where="the result")
    graph = replace(snapshot.graph, uncalled=tuple(map(FunctionName.parse, result.uncalled)))
    return Program(snapshot.subject, graph, result.counts.files)


def analyse_files(
    paths: Sequence[Path],
    *,
    library: Path | None = None,
    platform: str = "linux",
    frontier: tuple[str, ...] = (),
    jobs: int | None = None,
    no_cache: bool = False,
    interpreter: type[Interpreter] = Interpreter,
) -> tuple[Analysis, SourceTree]:
    """Analyses a program that is started with the first of `paths`.

    Modules are found below the first file's folder, or the innermost that holds all files. Raises
    ProgramNotFoundError, TooManyFilesError, UnreadableProjectError and StandardLibraryError.
    """
    found = _found(paths, None, library, platform, frontier)
    return _analysed(found, jobs, interpreter, no_cache=no_cache), found.tree


@dataclass(frozen=True, slots=True)
class _Found:
    """Files that were found and not analysed yet; `first` is the one that the program starts with."""

    first: Path
    tree: SourceTree
    start: Entry
    subject: Subject


def _found(
    paths: Sequence[Path], root: Path | None, library: Path | None, platform: str, frontier: tuple[str, ...]
) -> _Found:
    for path in paths:
        if not path.is_file():
            raise ProgramNotFoundError(str(path), exists=path.exists())
        if not is_encodable(path.name):
            raise FileNameError(str(path))
        if path.suffix == ".ipynb":
            # Its JSON is a Python expression, too: a program without any call.
            raise NotebookError(str(path))
    top = _root(paths) if root is None else root.resolve()
    names = [path.resolve().relative_to(top).as_posix() for path in paths]
    files, entry = _entered(_listed(top, names), names[0])
    source = standard_library(library)
    tree = SourceTree([Root(Origin.PROJECT, files), Root(Origin.STDLIB, source.files)])
    major, _, minor = source.version.partition(".")
    # What a program is called with is not known.
    start = Entry(entry, platform=platform, python=(int(major), int(minor)), frontier=frontier)
    # Not the name of the folder: the same files elsewhere are the same program.
    subject = Subject(names[0], "", content_digest(files), source.version, names[0], "", platform, {})
    return _Found(paths[0], tree, start, subject)


def _analysed(found: _Found, jobs: int | None, interpreter: type[Interpreter], *, no_cache: bool = False) -> Analysis:
    with open_frontend(jobs, no_cache=no_cache) as frontend:
        first = frontend.module(found.start.module, found.first.read_bytes())
        if isinstance(first, Unreadable):
            raise UnreadableProjectError(str(found.first), first.line, first.reason)
        return analyse(found.tree, frontend, found.start, interpreter=interpreter)


def _mapped(found: _Found, jobs: int | None, *, no_cache: bool = False) -> Program:
    analysis = _analysed(found, jobs, Interpreter, no_cache=no_cache)
    return Program(found.subject, build(analysis), len(analysis.files))


def _root(paths: Sequence[Path]) -> Path:
    first = paths[0].resolve().parent
    if all(path.resolve().is_relative_to(first) for path in paths):
        return first
    return Path(os.path.commonpath([path.resolve().parent for path in paths]))


def _listed(root: Path, names: Sequence[str]) -> Files:
    listed = list_files(root, lambda path: path.endswith(SOURCE_SUFFIX)).paths()
    return DirectoryFiles(root, sorted({*listed, *names}))


def _entered(files: Files, path: str) -> tuple[Files, str]:
    """The files, and the name of the module in the file `path`.

    A script's name need not be one that can be imported (`run-site.py`, `sys.py`); it is then seen under one that can.
    """
    name = module_name(path)
    if name is not None and name not in ALWAYS_THERE:
        return files, name
    name = re.sub(r"\W", "_", path.rpartition("/")[2].removesuffix(SOURCE_SUFFIX))
    name = name if is_identifier(name) and name not in ALWAYS_THERE else f"_{name}"
    seen = {each: each for each in files.paths() if each != path}
    while f"{name}.py" in seen:
        name = f"_{name}"
    return SelectedFiles(files, {**seen, f"{name}.py": path}), name
