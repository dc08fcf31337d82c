"""Runs Graphviz: the embedded executable, the system's, or pygraphviz, behind one small interface."""

from __future__ import annotations

import contextlib
import enum
import importlib
import importlib.metadata
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import graphviz
import graphviz.backend.dot_command

from flowmap.errors import FlowmapError

EMBEDDED_PACKAGE = "graphviz-pure"
PINNED = 2  # neato -n2: positions of nodes and routes of edges are given, nothing is laid out


class RendererKind(enum.StrEnum):
    """What `--renderer` takes."""

    AUTO = "auto"
    EMBEDDED = "embedded"
    SYSTEM = "system"
    PYGRAPHVIZ = "pygraphviz"


class RendererMissingError(FlowmapError):
    """The renderer that was asked for is not installed."""


class RenderingError(Exception):
    """Graphviz failed on, or lost a part of, a picture that flowmap wrote: a defect of flowmap."""


class Renderer(Protocol):
    """Draws DOT sources. `name` is what the user calls it."""

    name: str

    def lay_out(self, sources: Sequence[str]) -> list[str]:
        """Each source laid out by `dot`, in Graphviz's `plain` format."""
        ...

    def draw(self, source: str) -> str:
        """A source whose nodes and edges carry their positions, as SVG."""
        ...


class ExecutableRenderer:
    """Runs one Graphviz executable through the `graphviz` package; several lanes are one process."""

    def __init__(self, name: str, executable: Path) -> None:
        self.name = name
        self._executable = executable

    def lay_out(self, sources: Sequence[str]) -> list[str]:
        if not sources:
            return []
        with self._failures():
            plain: str = graphviz.Source("\n".join(sources), engine="dot").pipe(
                format="plain", encoding="utf-8", quiet=True
            )
        parts = plain.split("\nstop\n")[:-1]
        if len(parts) != len(sources):
            raise RenderingError(f"{self.name} laid out {len(parts)} of {len(sources)} graphs")
        return parts

    def draw(self, source: str) -> str:
        with self._failures():
            pinned = graphviz.Source(source, engine="neato")
            drawn: str = pinned.pipe(format="svg", encoding="utf-8", neato_no_op=PINNED, quiet=True)
        return drawn

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        # The package has no parameter for the executable, only this module constant.
        command = graphviz.backend.dot_command
        usual = command.DOT_BINARY
        command.DOT_BINARY = self._executable
        try:
            yield
        except graphviz.ExecutableNotFound as error:
            raise RendererMissingError(
                f"the Graphviz executable {self._executable.name} cannot be run",
                hint="reinstall flowmap, or choose another --renderer",
            ) from error
        except graphviz.CalledProcessError as error:
            raise RenderingError(f"{self.name} Graphviz failed: {error}") from error
        except subprocess.SubprocessError as error:
            raise RenderingError(f"{self.name} Graphviz failed: {error}") from error
        finally:
            command.DOT_BINARY = usual


class PygraphvizRenderer:
    """Draws through pygraphviz, whose wheels bundle the Graphviz libraries."""

    name = "pygraphviz"

    def __init__(self) -> None:
        try:
            self._pygraphviz = importlib.import_module("pygraphviz")
        except ImportError as error:
            raise RendererMissingError(
                "the renderer 'pygraphviz' is not installed",
                hint="install flowmap[pygraphviz], or leave --renderer out",
            ) from error

    def lay_out(self, sources: Sequence[str]) -> list[str]:
        return [self._run(source, prog="dot", form="plain").removesuffix("stop\n") for source in sources]

    def draw(self, source: str) -> str:
        # The library's own name for what -n2 is to the executable, which pygraphviz does not pass on.
        return self._run(source, prog=f"nop{PINNED}", form="svg")

    def _run(self, source: str, *, prog: str, form: str) -> str:
        graph = self._pygraphviz.AGraph(string=source)
        try:
            drawn = graph.draw(format=form, prog=prog)
        except (OSError, ValueError) as error:
            raise RenderingError(f"pygraphviz failed: {error}") from error
        if not isinstance(drawn, bytes):
            raise RenderingError("pygraphviz drew nothing")
        return drawn.decode("utf-8")


def renderer_for(kind: RendererKind = RendererKind.AUTO) -> Renderer:
    """The renderer a user asked for; `auto` is the embedded one.

    Raises RendererMissingError: it is not installed.
    """
    if kind is RendererKind.PYGRAPHVIZ:
        return PygraphvizRenderer()
    if kind is RendererKind.SYSTEM:
        found = shutil.which("dot")
        if found is None:
            raise RendererMissingError(
                "no Graphviz is installed on this system: 'dot' is not on the PATH",
                hint="install Graphviz, or leave --renderer out: flowmap brings its own",
            )
        return ExecutableRenderer("system", Path(found))
    return ExecutableRenderer("embedded", _embedded_executable())


def _embedded_executable() -> Path:
    """The executable in the wheel of graphviz-pure, which has no Python module to ask."""
    missing = RendererMissingError(
        f"the embedded Graphviz is not there: the package {EMBEDDED_PACKAGE} is not installed for this platform",
        hint=f"run 'pip install --force-reinstall {EMBEDDED_PACKAGE}', or pass --renderer system",
    )
    try:
        files = importlib.metadata.files(EMBEDDED_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise missing from error
    for file in files:
        if file.stem == EMBEDDED_PACKAGE and file.suffix in {"", ".exe"} and "bin" in _folder(file).lower():
            path = Path(str(file.locate())).resolve()
            if path.is_file():
                return path
    raise missing


def _folder(file: importlib.metadata.PackagePath) -> str:
    # 'bin' on POSIX, 'Scripts' on Windows: both hold executables, and only those.
    name = file.parent.name
    return "bin" if name == "Scripts" else name
