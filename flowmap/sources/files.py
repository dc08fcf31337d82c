"""Files in memory, and views of other files: a folder of them as a root of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowmap.sources.tree import Files


class MemoryFiles:
    """Files whose content is at hand, such as a rendered project."""

    __slots__ = ("_contents", "_paths")

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = dict(contents)
        self._paths = tuple(sorted(contents))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        return self._contents[path]


class SelectedFiles:
    """Some files of others, under other paths: `selection` maps the path seen here to the path there."""

    __slots__ = ("_files", "_paths", "_selection")

    def __init__(self, files: Files, selection: Mapping[str, str]) -> None:
        self._files = files
        self._selection = dict(selection)
        self._paths = tuple(sorted(selection))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        return self._files.read(self._selection[path])


def below(files: Files, folder: str, *, only: Iterable[str] | None = None) -> Files:
    """The files in `folder` as a root of their own; `only` names the top-level entries that are kept."""
    prefix = f"{folder}/" if folder else ""
    wanted = None if only is None else frozenset(only)
    selection = {}
    for path in files.paths():
        inside = path.removeprefix(prefix)
        if path.startswith(prefix) and (wanted is None or inside.partition("/")[0] in wanted):
            selection[inside] = path
    return SelectedFiles(files, selection)
