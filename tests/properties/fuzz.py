"""`python -m tests.properties.fuzz`: is every module of a library or a release analysed, without a crash and in bounds?

    --stdlib [DIR]      the modules of a standard library: the running Python's, or that in DIR
    --release REQ       those of a release, such as django==5.2.19; may be given more than once
    --entered           what they import is entered, too (without: each module stands alone)
    --every N           only every Nth module

Every function and method of a module is called, with arguments that nobody knows. Each module has a limit of seconds
and of memory; those that exceed one or crash are listed, and the status is 1.
"""

from __future__ import annotations

import argparse
import ast
import json
import resource
import select
import subprocess
import sys
import sysconfig
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.entry import Entry
from flowmap.analysis.program import analyse
from flowmap.callgraph.build import build
from flowmap.names import Origin
from flowmap.pipeline.preparing import PARSED_FOLDER
from flowmap.sources.cache import default_cache_folder
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import library_version, standard_library
from flowmap.sources.tree import Files, Root, SourceTree, module_name
from flowmap.syntax.cache import ParseCache
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.unreadable import Unreadable
from tests.renamed.mapping import release_files

DRIVER, STUDIED = "flowmap_driver", "studied"
# Of a module that stands alone; one that enters what it imports may take as long as a release.
SECONDS, SECONDS_ENTERED = 60, 600
MEGABYTES = 4096

_ROOT = Path(__file__).parents[2]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a module. `evaluations` and `steps` are what its analysis took, `problem` is why it failed."""

    module: str
    seconds: float = 0.0
    evaluations: int = 0
    steps: int = 0
    edges: int = 0
    megabytes: int = 0
    unreadable: str = ""
    problem: str = ""


def driver(module: str, content: bytes) -> str:
    """A program that imports a module and calls all that it defines, with arguments that nobody knows."""
    lines = ["from nowhere import thing", f"import {module} as m"]
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return "\n".join([*lines, ""])
    for number, (owner, function) in enumerate(_definitions(tree.body)):
        if function is None:
            call = f"m.{owner}(*thing, **thing)"
        elif owner:
            call = f"m.{owner}.{function.name}(m.{owner}.__new__(m.{owner}){', thing' * max(_count(function) - 1, 0)})"
        else:
            call = f"m.{function.name}({', '.join(['thing'] * _count(function))})"
        # Nobody knows whether it is called: what comes after it is reached even where it never returns.
        lines.append(f"if thing.{'x'}{number}:\n    for each in [{call}]: pass")
    return "\n".join([*lines, ""])


def _definitions(body: Sequence[ast.stmt], owner: str = "") -> Iterator[tuple[str, Any]]:
    """(class, method), ("", function) and (class, None) for the class itself, wherever a block defines them."""
    for statement in body:
        if isinstance(statement, _FUNCTIONS):
            yield owner, statement
        elif isinstance(statement, ast.ClassDef):
            name = f"{owner}.{statement.name}" if owner else statement.name
            yield name, None
            yield from _definitions(statement.body, name)
        else:
            for field in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(statement, field, ()), owner)


def _count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = function.args
    return len(arguments.posonlyargs) + len(arguments.args) + (arguments.vararg is not None)


class Analyser:
    """Analyses the modules of one source, each with a driver of its own."""

    def __init__(self, files: Files, *, python: tuple[int, int], library: Files | None) -> None:
        self.modules = {
            name: path for path in files.paths() if (name := module_name(path)) is not None and name != DRIVER
        }
        self._files = files
        self._python = python
        self._library = library
        self._frontend = Frontend(ParseCache(default_cache_folder() / PARSED_FOLDER))

    def outcome(self, module: str) -> Outcome:
        """What becomes of a module; raises whatever the analysis does."""
        path = self.modules[module]
        content = self._files.read(path)
        begun = time.process_time()
        result = self._frontend.module(module, content)
        if isinstance(result, Unreadable):
            return Outcome(module, time.process_time() - begun, unreadable=result.reason)
        studied = {path: content}
        if self._library is not None:
            package = path.partition("/")[0]
            studied = {each: self._files.read(each) for each in self.modules.values() if each.startswith(package)}
        # Under a name of its own: what is closed of the library is closed by its name.
        files = {f"{STUDIED}/{each}": text for each, text in studied.items()}
        files[f"{DRIVER}.py"] = driver(f"{STUDIED}.{module}", content).encode()
        roots = [Root(Origin.PROJECT, MemoryFiles(files))]
        if self._library is not None:
            # A release imports itself by its own name.
            roots += [Root(Origin.DISTRIBUTION, self._files), Root(Origin.STDLIB, self._library)]
        analysis = analyse(SourceTree(roots), self._frontend, Entry(DRIVER, python=self._python))
        graph = build(analysis)
        machine = analysis.machine
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        seconds = time.process_time() - begun
        return Outcome(module, seconds, machine.evaluations, machine.steps, len(graph.edges), peak)


def in_bounds(outcome: Outcome) -> bool:
    """Whether the analysis came to its end before a bound on the whole run ended it."""
    bounds = Bounds()
    return outcome.evaluations <= bounds.evaluations and outcome.steps <= bounds.steps


def analyser_of(source: Mapping[str, Any]) -> Analyser:
    """The analyser of `{"stdlib": folder}` or `{"release": requirement}`, with `entered`."""
    entered = bool(source.get("entered"))
    if "release" in source:
        library = standard_library(None)
        files = MemoryFiles({path: text for path, text in release_files(source["release"]) if path.endswith(".py")})
        return Analyser(files, python=_python(library.version), library=library.files if entered else None)
    folder = Path(source["stdlib"])
    version = library_version(folder) or f"{sys.version_info.major}.{sys.version_info.minor}"
    skipped = {"site-packages", "dist-packages", "__pycache__"}
    paths = [path for path in sorted(folder.rglob("*.py")) if skipped.isdisjoint(path.parts)]
    files = MemoryFiles({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    return Analyser(files, python=_python(version), library=files if entered else None)


def _python(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def serve() -> None:
    """Answers each module's name on stdin with its outcome on stdout; the first line names the source."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    analyser = analyser_of(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        name = line.strip()
        try:
            found = analyser.outcome(name)
        except BaseException:  # noqa: BLE001 - whatever it is, it is what this looks for
            found = Outcome(name, problem=traceback.format_exc(limit=-6))
        print(json.dumps([getattr(found, field) for field in Outcome.__slots__]), flush=True)


class Worker:
    """A process that analyses one module after the other; a module that takes too long is its last one."""

    # Memory is that of the process so far: a new one now and then says whose it is.
    _MOST = 40

    def __init__(self, source: Mapping[str, Any], seconds: int) -> None:
        self._source = source
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._count = 0

    def outcome(self, module: str) -> Outcome:
        self._count += 1
        if self._process is None or self._count % self._MOST == 0:
            self.close()
            self._process = self._started()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{module}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], self._seconds)
        answer = self._process.stdout.readline() if ready else ""
        if answer:
            return Outcome(*json.loads(answer))
        problem = f"no answer after {self._seconds} seconds" if not ready else "the process died"
        self.close()
        return Outcome(module, problem=problem)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from tests.properties.fuzz import serve; serve()"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
        assert process.stdin
        process.stdin.write(json.dumps(self._source) + "\n")
        return process


def fuzz(source: Mapping[str, Any], every: int) -> list[Outcome]:
    """The outcomes of the modules of one source, printed as they come."""
    modules = sorted(analyser_of(source).modules)[::every]
    worker = Worker(source, SECONDS_ENTERED if source.get("entered") else SECONDS)
    outcomes = []
    for module in modules:
        outcome = worker.outcome(module)
        outcomes.append(outcome)
        if outcome.problem:
            print(f"FAILED {module}: {outcome.problem}", flush=True)
        elif not in_bounds(outcome):
            print(f"BOUND  {module}: {outcome.evaluations:,} evaluations, {outcome.steps:,} steps", flush=True)
        elif outcome.seconds > 10:
            print(f"slow   {module}: {outcome.seconds:.1f} s, {outcome.megabytes} MiB", flush=True)
    worker.close()
    return outcomes


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.properties.fuzz", usage=__doc__)
    parser.add_argument("--stdlib", nargs="?", const=sysconfig.get_path("stdlib"))
    parser.add_argument("--release", action="append", default=[])
    parser.add_argument("--entered", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args(arguments)
    sources = [{"release": each, "entered": given.entered} for each in given.release]
    if given.stdlib:
        sources.append({"stdlib": given.stdlib, "entered": given.entered})
    failed = 0
    for source in sources:
        outcomes = fuzz(source, given.every)
        read = [each for each in outcomes if not each.unreadable]
        failed += sum(bool(each.problem) or not in_bounds(each) for each in outcomes)
        slowest = sorted(read, key=lambda each: -each.seconds)[:5]
        print(f"{next(iter(source.values()))}: {len(outcomes)} modules, {len(outcomes) - len(read)} cannot be read")
        print(f"    {sum(e.seconds for e in read):.0f} s, {sum(e.edges for e in read):,} edges, {failed} failed")
        print("    slowest: " + ", ".join(f"{each.module} {each.seconds:.1f} s" for each in slowest), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
