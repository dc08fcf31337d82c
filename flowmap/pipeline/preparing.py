"""What every analysis of a project needs around it: a frontend over the cache, and what is said of the outcome."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final

from flowmap.analysis.program import Analysis
from flowmap.errors import OldSyntaxError
from flowmap.frameworks import Entrance
from flowmap.names import Origin
from flowmap.sources.cache import default_cache_folder
from flowmap.sources.distribution import Distribution
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import SOURCE_SUFFIX, Root, SourceTree
from flowmap.syntax.cache import ParseCache
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.python2 import looks_like_python2

PARSED_FOLDER: Final = "parsed"


def open_frontend(jobs: int | None, *, no_cache: bool = False) -> Frontend:
    """A frontend over the user's parse cache; this process is one of the `jobs`."""
    # One unless more are asked for: starting a second one costs as much CPU as it takes off the first.
    # More than there are processors would only take memory.
    processes = min(jobs or 1, os.cpu_count() or 1)
    folder = None if no_cache else default_cache_folder() / PARSED_FOLDER
    return Frontend(ParseCache(folder), jobs=processes - 1)


def with_program(tree: SourceTree, module: str, text: str) -> SourceTree:
    """A tree that has one more module of the project; without a text, the tree as it is."""
    if not text:
        return tree
    files = MemoryFiles({f"{module}{SOURCE_SUFFIX}": text.encode()})
    return SourceTree([*tree.roots, Root(Origin.PROJECT, files)])


def refuse_old_syntax(distribution: Distribution, tree: SourceTree, unreadable: Iterable[str]) -> None:
    """A release in Python 2's syntax gives no flow that could be believed, however much of it can be read."""
    for name in sorted(unreadable):
        source = tree.find(name)
        if source is None or source.file is None or source.origin is not Origin.DISTRIBUTION:
            continue
        construct = looks_like_python2(source.file.read())
        if construct is not None:
            raise OldSyntaxError(f"{distribution.name} {distribution.version}", f"{source.file.path}: {construct}")


def settings_that_lead(analysis: Analysis, entrance: Entrance) -> Mapping[str, object]:
    """The settings that name modules of the tree. Others do not lead the flow, and some are secret."""
    if entrance.settings is None:
        return {}
    values = analysis.module_values(entrance.settings)
    return {name: value for name, value in sorted(values.items()) if _names_any(value, entrance.setting_strings)}


def _names_any(value: object, strings: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in strings
    if isinstance(value, Mapping):
        return any(_names_any(each, strings) for each in value.values())
    return isinstance(value, list | tuple | frozenset) and any(_names_any(each, strings) for each in value)
