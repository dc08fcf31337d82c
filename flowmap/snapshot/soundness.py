"""What every snapshot that flowmap wrote holds to, and no schema can say: checked before anything is made of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowmap.snapshot.schema import NotASnapshotError
from flowmap.snapshot.wire import WireNode, WireSubject

# How deep a value of a setting may be nested: what is made of it is walked through by recursion.
_DEEPEST: Final = 100


def check_subject(subject: WireSubject, where: str) -> None:
    """Raises NotASnapshotError."""
    values: list[object] = list(subject.settings.values())
    for _ in range(_DEEPEST):
        values = [
            inner
            for value in values
            if isinstance(value, list | Mapping)
            for inner in (value.values() if isinstance(value, Mapping) else value)
        ]
        if not values:
            return
    raise NotASnapshotError(where, f"a value of its settings is nested more than {_DEEPEST} deep")


def check_nodes(nodes: Iterable[WireNode], where: str) -> None:
    """Raises NotASnapshotError."""
    known: set[str] = set()
    for node in nodes:
        if node.id != f"{node.module}:{node.qualname}":
            raise NotASnapshotError(where, f"the id {node.id!r} is not that of its module and qualname")
        if node.id in known:
            raise NotASnapshotError(where, f"two of its nodes are {node.id!r}")
        known.add(node.id)


def check_once(ids: Iterable[object], what: str, where: str) -> None:
    """Raises NotASnapshotError where one of these stands twice."""
    known: set[object] = set()
    for each in ids:
        if each in known:
            raise NotASnapshotError(where, f"two of its {what} are {each!r}")
        known.add(each)
