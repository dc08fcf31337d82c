"""A target held against the flow of it that was saved, and the saved flow made anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.compare import Check, Policy, Snapshot, check
from flowmap.errors import NoBaselineError
from flowmap.flow.model import Detail
from flowmap.pipeline.comparing import FLOW_FILE, GRAPH_FILE, saved_snapshot, snapshots_for
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.snapshot import callgraph_json, flow_json
from flowmap.sources.target import FolderTarget, parse_target

# Where a project keeps its flow; not beside what is mapped, which a folder with both files in it is taken for.
DEFAULT_SNAPSHOT: Final = Path(".flowmap") / FLOW_FILE


@dataclass(frozen=True, slots=True)
class CheckedTarget:
    """A check and its sides; the new one in full."""

    check: Check
    old: Snapshot
    new: Snapshot


def folder_of(target: str) -> Path:
    """The folder that a target is, else the one where the user stands: there are its policy and its saved flow.

    Raises TargetNotFoundError and InvalidTargetError.
    """
    meaning = parse_target(target)
    return meaning.path if isinstance(meaning, FolderTarget) else Path()


def checked_target(
    request: Request, saved: Path | None, detail: Detail | None, policy: Policy, progress: Progress = silent
) -> CheckedTarget:
    """What changed in a target since its flow was saved, at a detail: where that is None, the one it was saved with.
    Where `saved` is None only contracts are asked for.

    Raises NoBaselineError and what reading and mapping raise.
    """
    if saved is not None and not saved.exists():
        raise NoBaselineError(str(saved))
    # What cannot be read is known before anything is mapped.
    before = None if saved is None else saved_snapshot(saved)
    if detail is None:
        detail = (before.flow.detail if before is not None else None) or Detail.FLOW
    details = dict.fromkeys((detail, Detail.FULL if policy.contracts else detail))
    snapshots = snapshots_for(request, tuple(details), progress)
    after, whole = snapshots[0], snapshots[-1]
    before = after if before is None else before
    return CheckedTarget(check(before, after, policy, whole), before, whole)


def files_to_save(snapshot: Snapshot, saved: Path, *, graph: bool) -> dict[str, bytes]:
    """The files of a snapshot, by name: its flow, and its call graph where that is wanted, or saved already."""
    files = {saved.name: flow_json(snapshot.flow)}
    beside = saved.name == FLOW_FILE and saved.with_name(GRAPH_FILE).is_file()
    if snapshot.graph is not None and (graph or beside):
        files[GRAPH_FILE] = callgraph_json(snapshot.graph, snapshot.flow.subject)
    return files
