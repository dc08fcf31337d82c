"""A target's result: the one that was kept, or a new one. The engine is loaded for the latter only."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowmap.analysis.result import Reason
from flowmap.names import Origin
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.pipeline.results import Result, kept_result


@dataclass(frozen=True, slots=True)
class MappedTarget:
    """A target, and what is known of it."""

    found: FoundProgram
    result: Result = field(repr=False)


def mapped_target(request: Request, progress: Progress = silent) -> MappedTarget:
    """The result of a target. `progress` is told of each stage as it begins.

    Raises a FlowmapError for everything the user can mend, whether or not there is a result from before.
    """
    found = find_program(request, progress)

    def compute() -> Result:
        # Most of flowmap, and libcst with it: what a result from before does not need.
        from flowmap.pipeline.flows import result_of  # noqa: PLC0415  # loads much, and is not always needed
        from flowmap.pipeline.mapping import map_found  # noqa: PLC0415  # as above

        return result_of(map_found(found, request, progress))

    if request.no_cache:
        return MappedTarget(found, compute())
    result, is_kept = kept_result(found.tree, facts_of(found), compute)
    if is_kept:
        progress("nothing has changed since it was mapped")
    return MappedTarget(found, result)


def root_hints(found: FoundProgram, result: Result) -> tuple[str, ...]:
    """Modules that are not found and lie in the project all the same, in a folder that it puts on its path itself."""
    missing = [hole.name for hole in result.holes if hole.reason == Reason.MODULE_MISSING]
    tops = {name.partition(".")[0] for name in (*result.absent, *missing) if name}
    if not tops:
        return ()
    modules = [name.rpartition(".") for name in found.tree.modules(Origin.PROJECT)]
    places = {(last, folder.replace(".", "/")) for folder, _, last in modules if folder and last in tops}
    return tuple(f"{top} is in {folder} of the project: name that folder with --root" for top, folder in sorted(places))


def facts_of(found: FoundProgram) -> tuple[object, ...]:
    """What a result depends on besides the files of the tree. How many processes share the work is no part of it."""
    distribution = found.distribution
    return (
        distribution.name,
        distribution.version,
        distribution.sha256,
        distribution.packages,
        found.python,
        found.project,
        found.entry,
        found.frontier,
        found.platform,
        found.settings,
        sorted(found.environment.items()),
        [(name, repr(value)) for name, value in sorted(found.assumed.items())],
        (found.asked.path, found.asked.method, found.asked.view),
    )
