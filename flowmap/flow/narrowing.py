"""A part of a flow: what surrounds a function, the way between two, some stages, some functions left out.

What is left out is counted in `hidden`; a way through it stays as one step that names it in `through`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import reduce

from flowmap.callgraph.model import CallGraph, Function
from flowmap.callgraph.queries import function_named
from flowmap.errors import (
    NoStepsBetweenError,
    NothingHiddenError,
    NothingShownError,
    NotShownError,
    UnknownChoiceError,
    UnknownFunctionError,
)
from flowmap.flow.grouping import Group, grouped
from flowmap.flow.model import Flow, Step
from flowmap.flow.overview import most_telling
from flowmap.flow.selection import Box
from flowmap.names import FunctionName


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is to be shown of a flow. `focus`, `start` and `end` are functions by the end of their names, `only` are
    stages by id or title, `hide` are patterns of the shell for ids, modules or qualified names.
    """

    focus: str | None = None
    start: str | None = None
    end: str | None = None
    only: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    group: Group | None = None

    def __bool__(self) -> bool:
        return self != WHOLE


WHOLE = Narrowing()


def narrowed(flow: Flow, narrowing: Narrowing) -> Flow:
    """The part of a flow that is asked for; the flow itself for WHOLE.

    Raises NotShownError, AmbiguousFunctionError, NoStepsBetweenError, NothingHiddenError, NothingShownError and
    UnknownChoiceError.
    """
    if not narrowing:
        return flow
    stages = _stages_named(flow, narrowing.only)
    steps = sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)
    kept = _kept(flow, steps, narrowing)
    left = [step for step in _contracted(steps, kept) if step.stage in stages]
    if narrowing.group is not None:
        left, functions = grouped(left, steps, flow, narrowing.group)
    else:
        functions = flow.functions
    if not left:
        raise NothingShownError
    return _with_steps(flow, steps, left, functions)


def _with_steps(
    flow: Flow, all_steps: Sequence[Step], left: Sequence[Step], functions: Mapping[FunctionName, Function]
) -> Flow:
    own: dict[str, list[Step]] = {}
    for step in left:
        own.setdefault(step.stage, []).append(step)
    gone = Counter(step.stage for step in all_steps)
    gone.subtract(step.stage for step in left)
    hidden = {stage: flow.hidden.get(stage, 0) + gone[stage] for stage in sorted({*flow.hidden, *gone})}
    shown = {name for step in left for name in (step.caller, step.callee)}
    return replace(
        flow,
        stages=tuple(replace(each, steps=tuple(own[each.id])) for each in flow.stages if each.id in own),
        functions={name: function for name, function in functions.items() if name in shown},
        hidden={stage: count for stage, count in hidden.items() if count},
        gaps=tuple(gap for gap in flow.gaps if gap.caller in shown),
    )


def _stages_named(flow: Flow, only: Sequence[str]) -> frozenset[str]:
    """The ids of the stages asked for, all of them where none is."""
    named = {text.casefold(): stage.id for stage in flow.stages for text in (stage.title, stage.id)}
    for text in only:
        if text.casefold() not in named:
            raise UnknownChoiceError("--only", text, [stage.id for stage in flow.stages])
    return frozenset(named[text.casefold()] for text in only) if only else frozenset(named.values())


def _kept(flow: Flow, steps: Sequence[Step], narrowing: Narrowing) -> frozenset[Box]:
    boxes = {box for step in steps for box in (_tail(step), _head(step))}
    kept = set(boxes)
    if narrowing.focus is not None:
        kept &= _surroundings(steps, _function(flow, boxes, narrowing.focus))
    if narrowing.start is not None or narrowing.end is not None:
        kept &= _between(flow, steps, boxes, narrowing.start, narrowing.end)
    for pattern in narrowing.hide:
        found = {box for box in boxes if _fits(box.function, pattern)}
        if not found:
            raise NothingHiddenError(pattern)
        kept -= found
    return frozenset(kept)


def _function(flow: Flow, boxes: Iterable[Box], text: str) -> FunctionName:
    names = {box.function for box in boxes}
    try:
        shown = {name: function for name, function in flow.functions.items() if name in names}
        return function_named(CallGraph(shown, (), (), ()), text)
    except UnknownFunctionError as error:
        raise NotShownError(text, error.near) from error


def _surroundings(steps: Iterable[Step], name: FunctionName) -> set[Box]:
    """A function, in all its layers, with whoever calls it and whom it calls."""
    return {box for step in steps if name in {step.caller, step.callee} for box in (_tail(step), _head(step))}


def _between(flow: Flow, steps: Sequence[Step], boxes: set[Box], start: str | None, end: str | None) -> set[Box]:
    onward: dict[Box, set[Box]] = {}
    inward: dict[Box, set[Box]] = {}
    for step in steps:
        onward.setdefault(_tail(step), set()).add(_head(step))
        inward.setdefault(_head(step), set()).add(_tail(step))
    found = set(boxes)
    for text, links in ((start, onward), (end, inward)):
        if text is not None:
            name = _function(flow, boxes, text)
            found &= _reached({box for box in boxes if box.function == name}, links)
    if start is not None and end is not None and not found:
        raise NoStepsBetweenError(start, end)
    return found


def _reached(starts: set[Box], links: Mapping[Box, set[Box]]) -> set[Box]:
    found, ahead = set(starts), sorted(starts)
    while ahead:
        new = links.get(ahead.pop(), set()) - found
        found |= new
        ahead.extend(sorted(new))
    return found


def _fits(name: FunctionName, pattern: str) -> bool:
    return any(fnmatchcase(text, pattern) for text in (str(name), name.module, name.qualname))


def _contracted(steps: Sequence[Step], kept: frozenset[Box]) -> list[Step]:
    """Steps between kept boxes. One that stands for several has the place of the first and the number of the last.

    Where ways come together in what is hidden, the first of them goes on to all that it leads to, each other one to
    what is entered first, under the number of the call that leaves it.
    """
    chains: dict[Box, Step] = {}
    found: list[Step] = []
    seen: set[tuple[Box, Box]] = set()
    for step in steps:
        tail, head = _tail(step), _head(step)
        if tail in kept:
            chain = step
        elif tail in chains:
            chain = _joined(chains[tail], step)
        else:
            # Nothing that is kept leads there.
            continue
        if head not in kept:
            chains.setdefault(head, chain)
        elif tail in kept:
            found.append(chain)
        elif (_tail(chain), head) not in seen:
            seen.add((_tail(chain), head))
            found.append(chain)
    begun = {(_tail(step), step.through[0]) for step in found if step.through}
    inside = _inside(steps, kept)
    for step in steps:
        if _tail(step) in kept and _head(step) not in kept and (_tail(step), step.callee) not in begun:
            rest = _shortest(_head(step), inside, kept)
            if rest and (_tail(step), _head(rest[-1])) not in seen:
                seen.add((_tail(step), _head(rest[-1])))
                found.append(replace(reduce(_joined, rest, step), number=step.number))
    return sorted(found, key=lambda step: step.number)


def _inside(steps: Iterable[Step], kept: frozenset[Box]) -> Mapping[Box, Sequence[Step]]:
    """The steps that leave what is hidden, by the box they leave."""
    own: dict[Box, list[Step]] = {}
    for step in steps:
        if _tail(step) not in kept:
            own.setdefault(_tail(step), []).append(step)
    return own


def _shortest(start: Box, inside: Mapping[Box, Sequence[Step]], kept: frozenset[Box]) -> list[Step]:
    """The fewest steps from a hidden box to one that is kept, the first of those; none where none leads there."""
    reached: dict[Box, list[Step]] = {start: []}
    ahead = deque([start])
    while ahead:
        box = ahead.popleft()
        for step in inside.get(box, ()):
            if _head(step) in reached:
                continue
            reached[_head(step)] = [*reached[box], step]
            if _head(step) in kept:
                return reached[_head(step)]
            ahead.append(_head(step))
    return []


def _joined(first: Step, last: Step) -> Step:
    conditions = [each.condition for each in (first, last) if each.condition]
    return replace(
        last,
        caller=first.caller,
        caller_layer=first.caller_layer,
        line=first.line,
        evidence=most_telling(first.evidence, last.evidence),
        returning=first.returning or last.returning,
        condition=" and ".join(dict.fromkeys(conditions)) or None,
        through=(*first.through, first.callee, *last.through),
    )


def _tail(step: Step) -> Box:
    return Box(step.caller, step.caller_layer)


def _head(step: Step) -> Box:
    return Box(step.callee, step.layer)
