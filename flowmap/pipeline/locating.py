"""Where the files that a report is about lie in the working copy of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from flowmap.compare import Place
from flowmap.errors import FlowmapError
from flowmap.names import Origin
from flowmap.pipeline.request import Request
from flowmap.sources.target import FolderTarget, parse_target

_OWN = frozenset({Origin.PROJECT, Origin.DISTRIBUTION})


def folders_of(request: Request) -> tuple[Path, ...]:
    """Where the source of a target may lie: its own folder and that of its project, else where the user stands."""
    meaning = None
    with suppress(FlowmapError):
        meaning = parse_target(request.target)
    named = [meaning.path] if isinstance(meaning, FolderTarget) else []
    named += [request.project] if request.project is not None else []
    return (*named, *([] if named else [Path()]))


def located_below(folders: Sequence[Path]) -> Callable[[Place], str | None]:
    """For a place, the path of its file from the current folder; None for what is not in the working copy.

    Files are looked for in `folders` and one folder down, as projects are.
    """
    return partial(_located, cache(partial(_candidates, tuple(folders))))


def _located(candidates: Callable[[], Sequence[Path]], place: Place) -> str | None:
    if place.origin not in _OWN or place.file.startswith(("/", "..")):
        return None
    return next((_from_here(folder / place.file) for folder in candidates() if _is_file(folder / place.file)), None)


def _candidates(folders: Sequence[Path]) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for folder in folders:
        found[folder] = None
        try:
            inner = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
        except OSError:
            continue
        found.update(dict.fromkeys(inner))
    # What is not below here is in no working copy that a report could name it in.
    return tuple(each for each in found if _from_here(each) is not None)


def _from_here(path: Path) -> str | None:
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (OSError, ValueError):
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
