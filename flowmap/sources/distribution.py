"""A distribution whose source is at hand, and the tree that is searched during an analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from flowmap.names import Origin
from flowmap.sources.licences import Licence
from flowmap.sources.stdlib import StandardLibrary
from flowmap.sources.tree import Files, Root, SourceTree

# A notice goes with what is distributed (Apache-2.0, 4d); who wrote it is in the licence.
_LICENCES: Final = ("LICENSE", "LICENCE", "COPYING", "NOTICE")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A package and its version. `sha256` is its archive's; of a folder, that of its paths and contents.

    `packages` are the top-level modules it provides, `requires` its own requirements (PEP 508) with their markers,
    `extras` those asked for. Paths in `files` are relative to the import root; `notices` are its licence files.
    """

    name: str
    version: str
    sha256: str
    packages: tuple[str, ...]
    requires: tuple[str, ...]
    requires_python: str
    files: Files = field(repr=False, compare=False)
    notices: Files = field(repr=False, compare=False)
    extras: tuple[str, ...] = ()

    def root(self, origin: Origin) -> Root:
        """Its files under an origin, and with them its licence."""
        return Root(origin, self.files, self._licence_of)

    def licence(self) -> Licence | None:
        """The licence as it came with the distribution; None when none did."""
        texts = [
            self.notices.read(path).decode("utf-8", "replace")
            for path in self.notices.paths()
            if path.rpartition("/")[2].upper().startswith(_LICENCES)
        ]
        return Licence(f"{self.name} {self.version}", "\n".join(texts)) if texts else None

    def _licence_of(self, _path: str) -> Licence | None:
        return self.licence()


def source_tree(
    distribution: Distribution,
    *,
    library: StandardLibrary,
    project: Files | None = None,
    dependencies: Iterable[Distribution] = (),
    others: Iterable[Root] = (),
) -> SourceTree:
    """The tree under study. Roots of one origin are searched in the order given, `others` after those before them."""
    roots = [
        distribution.root(Origin.DISTRIBUTION),
        *(dependency.root(Origin.DEPENDENCY) for dependency in dependencies),
        Root(Origin.STDLIB, library.files),
    ]
    if project is not None:
        roots.append(Root(Origin.PROJECT, project))
    return SourceTree([*roots, *others])
