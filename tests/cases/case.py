"""Reads the cases: Markdown in, frozen values out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```\s*?$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_FILE = re.compile(r"# file: (\S+)")
_EDGE = re.compile(r"(?P<caller>\S+) -> (?P<callee>\S+?)(?: \[(?P<evidence>[a-z-]+)\])?(?P<unseen> \?)?")
_GAP = re.compile(r"(?P<caller>\S+) (?P<line>\d+)")


class MalformedCaseError(ValueError):
    """A case that does not follow the format in README.md."""


@dataclass(frozen=True, slots=True, order=True)
class ExpectedEdge:
    """An edge the graph must have. `unseen`: legal, but a branch or an error keeps this run from taking it."""

    caller: str
    callee: str
    evidence: str | None = None
    unseen: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        return self.caller, self.callee


@dataclass(frozen=True, slots=True)
class Case:
    """One program. `files` are (path, text), the entry first; `gaps` are (caller, line), None when not stated."""

    category: str
    title: str
    prose: str
    files: tuple[tuple[str, str], ...]
    edges: tuple[ExpectedEdge, ...]
    gaps: tuple[tuple[str, int], ...] | None
    ignores_stdlib: bool

    @property
    def id(self) -> str:
        """`category/title-in-words`, as pytest shows it."""
        return f"{self.category}/{re.sub(r'[^a-z0-9_]+', '-', self.title.lower()).strip('-')}"

    @property
    def modules(self) -> frozenset[str]:
        """The modules that the case's own files are."""
        return frozenset(module_name(path) for path, _ in self.files)

    def write(self, root: Path) -> tuple[Path, ...]:
        """Put the files below `root`; returns their paths, the entry first."""
        written = []
        for path, text in self.files:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(target)
        return tuple(written)


def module_name(path: str) -> str:
    """`pkg/sub/__init__.py` is `pkg.sub`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def load_cases(folder: Path = CASES) -> tuple[Case, ...]:
    """All cases of all categories, in order of file name and place."""
    return tuple(case for path in sorted(folder.glob("*.md")) if path.name != "README.md" for case in cases_of(path))


def cases_of(path: Path) -> Iterator[Case]:
    """The cases of one category's file."""
    text = path.read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(_without_fences(text)))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        end = following.start() if following else len(text)
        yield _parse(path.stem, heading.group(1).strip(), text[heading.end() : end])


def _without_fences(text: str) -> str:
    """The text with fenced blocks blanked out at the same length, so that `## ` in a program is no heading."""
    return _FENCE.sub(lambda match: " " * len(match.group()), text)


def _parse(category: str, title: str, section: str) -> Case:
    files: list[tuple[str, str]] = []
    edges: tuple[ExpectedEdge, ...] | None = None
    gaps: tuple[tuple[str, int], ...] | None = None
    for language, body in _FENCE.findall(section):
        match language:
            case "python":
                name = _FILE.match(body)
                files.append((name.group(1) if name else "main.py", body))
            case "edges":
                edges = tuple(_edge(line) for line in body.splitlines() if line.strip())
            case "gaps":
                gaps = tuple(_gap(line) for line in body.splitlines() if line.strip())
            case _:
                raise MalformedCaseError(f"{category}: {title}: a fence of kind '{language}'")
    if not files or edges is None:
        raise MalformedCaseError(f"{category}: {title}: a case needs a python fence and an edges fence")
    prose = " ".join(_FENCE.sub("", section).split())
    return Case(category, title, prose, tuple(files), edges, gaps, "ignore: stdlib" in prose)


def _edge(line: str) -> ExpectedEdge:
    match = _EDGE.fullmatch(line.strip())
    if match is None:
        raise MalformedCaseError(f"not an edge: {line!r}")
    return ExpectedEdge(match["caller"], match["callee"], match["evidence"], match["unseen"] is not None)


def _gap(line: str) -> tuple[str, int]:
    match = _GAP.fullmatch(line.strip())
    if match is None:
        raise MalformedCaseError(f"not a gap: {line!r}")
    return match["caller"], int(match["line"])
