"""What is asked of a graph or a flow."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing


class UnknownFunctionError(FlowmapError):
    """No function of the graph has this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        self.near = tuple(near)
        super().__init__(
            f"no function of the call graph is called '{name}'",
            hint=f"did you mean {listing(near)}?"
            if near
            else "name it as in callgraph.json, or by the end of that name",
        )


class NotShownError(FlowmapError):
    """No function that the flow shows has this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"no function of the flow is called '{name}' at this level of detail",
            hint=f"did you mean {listing(near)}?" if near else "'--detail full' shows more of them",
        )


class NoStepsBetweenError(FlowmapError):
    """Two functions of a flow with no way from the first to the second."""

    def __init__(self, start: str, end: str) -> None:
        super().__init__(
            f"no steps of the flow lead from '{start}' to '{end}' at this level of detail",
            hint=f"'flowmap path {start} {end}' asks the whole call graph",
        )


class NothingHiddenError(FlowmapError):
    """A pattern that fits no function of the flow."""

    def __init__(self, pattern: str) -> None:
        super().__init__(
            f"--hide '{pattern}' fits no function of the flow at this level of detail",
            hint="it is a pattern for modules, or for names as in flow.json: 'socketserver', '*.__init__'",
        )


class NothingShownError(FlowmapError):
    """A flow of which nothing is left."""

    def __init__(self) -> None:
        super().__init__(
            "nothing of the flow is left to be shown", hint="hide less, or ask for less with --focus, --from and --only"
        )


class AmbiguousFunctionError(FlowmapError):
    """The end of a name fits several functions."""

    def __init__(self, name: str, found: Sequence[str]) -> None:
        super().__init__(f"'{name}' may be {listing(found)}", hint="write more of the name")


class NoSuchCallError(FlowmapError):
    """There is nothing to explain: the one function does not call the other; `callees` are those it calls."""

    def __init__(self, caller: str, callee: str, callees: Sequence[str]) -> None:
        super().__init__(
            f"{caller} does not call {callee}, as far as was followed",
            hint=f"it calls {listing(callees, empty='nobody')}",
        )


class NoSavedGraphError(FlowmapError):
    """No source was named, and there is not just one saved call graph."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"there are several saved call graphs: {listing(found)}" if found else "there is no saved call graph here",
            hint="say which one with --in FILE, or name a target: --in NAME==VERSION",
        )


class NoBaselineError(FlowmapError):
    """There is no saved flow to check a target against."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"there is no saved flow '{path}' to check against",
            hint="make it with --update and commit it, or name another one with --snapshot FILE",
        )


class UnknownPlaceError(FlowmapError):
    """A policy names a stage that neither flow has."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"'{name}' in the stages of [tool.flowmap.check] is no stage", hint=f"it may be {listing(known, most=20)}"
        )
