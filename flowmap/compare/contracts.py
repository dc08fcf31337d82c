"""Contracts on the way of a request: what must be reached, must not be, and must be passed; and what breaks them."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from flowmap.callgraph.model import CallGraph
from flowmap.callgraph.reaching import shortest_chain
from flowmap.compare.meaning import functions_meant
from flowmap.compare.places import places_of
from flowmap.compare.sides import Pair, Snapshot
from flowmap.flow.model import Flow, OpenSetting, Subject
from flowmap.names import FunctionName


class Demand(enum.StrEnum):
    """What a contract asks for."""

    REACH = "must-reach"
    NOT_REACH = "must-not-reach"
    PASS = "must-pass"  # noqa: S105  # a way, not a word


@dataclass(frozen=True, slots=True)
class Contract:
    """`start`, `end` and `through` are names (see `functions_meant`); `through` is that of `must-pass`.

    Every function of `start` must reach one of `end`; none of them may reach any; every chain from any of them to any
    of `end` must go through one of `through`.
    """

    demand: Demand
    start: str
    end: str
    through: str = ""
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The contract in words."""
        words = {Demand.REACH: "must reach", Demand.NOT_REACH: "must not reach", Demand.PASS: "must reach"}
        only = f" only through {self.through}" if self.demand is Demand.PASS else ""
        return f"{self.start} {words[self.demand]} {self.end}{only}"


@dataclass(frozen=True, slots=True)
class Hop:
    """A function on a chain of calls. `line` is that of the call that enters it, in `file`, which is its caller's; of
    the first, where it begins.
    """

    function: FunctionName
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A contract that does not hold. `chain` is the shortest that breaks it, empty where one is missing."""

    contract: Contract
    why: str
    chain: tuple[Hop, ...] = ()

    @property
    def sentence(self) -> str:
        """What is wrong, with the contract in words."""
        return f"{self.contract.sentence}: {self.why}"

    @property
    def fingerprint(self) -> str:
        """The same for the same contract: 16 characters of hexadecimal."""
        each = self.contract
        text = "\0".join((each.demand, each.start, each.end, each.through))
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


# A function in one of the layers that a flow enters it in, or off the flow.
_Place = tuple[FunctionName, int]
_OFF: Final = -1


def broken(contracts: Iterable[Contract], snapshot: Snapshot) -> tuple[Breach, ...]:
    """The contracts that do not hold, in their order.

    Whether something is reached is asked of the call graph, where there is one, and whether something is passed of the
    flow, which tells the layers of middleware apart. Raises AmbiguousFunctionError.
    """
    return tuple(breach for each in contracts for breach in _breaches(each, snapshot))


def _breaches(contract: Contract, snapshot: Snapshot) -> Iterator[Breach]:
    starts, ends = functions_meant(contract.start, snapshot), functions_meant(contract.end, snapshot)
    # A name that nothing has must not hold for ever: only what must not be reached may not be there.
    missing = [contract.start] * (not starts) + [contract.end] * (not ends)
    if missing and not (contract.demand is Demand.NOT_REACH and starts):
        yield Breach(contract, f"nothing that was reached is called '{missing[0]}'")
        return
    if contract.demand is Demand.PASS:
        passed = functions_meant(contract.through, snapshot)
        chain = _around(snapshot, starts, ends, passed)
        if chain is not None:
            names = tuple(name for name, _ in chain)
            yield Breach(contract, "a chain of calls goes past it", _hops(names, snapshot))
        elif (setting := _in_doubt(snapshot.flow.subject, passed)) is not None:
            variables = f", from {', '.join(setting.variables)}" if setting.variables else ""
            yield Breach(
                contract,
                f"it is passed by {setting.setting}, which is open ({setting.place}{variables}): "
                "--set or --env-file closes it",
            )
        return
    links = _links(snapshot)
    if contract.demand is Demand.NOT_REACH:
        found = shortest_chain(links, sorted(starts), sorted(ends))
        if found is not None:
            yield Breach(contract, "a chain of calls leads there", _hops(found, snapshot))
        return
    lost = [name for name in sorted(starts) if shortest_chain(links, [name], sorted(ends)) is None]
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        yield Breach(contract, f"no chain of calls leads there from {lost[0]}{more}, as far as was followed")


def _in_doubt(subject: Subject, passed: Iterable[FunctionName]) -> OpenSetting | None:
    """An open setting that names what is passed: of its values all were followed, and another may leave that out."""
    names = [f"{name.module}.{name.qualname}." for name in passed]
    for each in subject.open:
        texts = replace(subject, settings={each.setting: subject.settings.get(each.setting)}).texts()
        if any(name.startswith(f"{text}.") for text in texts if text for name in names):
            return each
    return None


def _links(snapshot: Snapshot) -> list[Pair]:
    if snapshot.graph is not None:
        return [(edge.caller, edge.callee) for edge in sorted(snapshot.graph.edges)]
    return [(step.caller, step.callee) for stage in snapshot.flow.stages for step in stage.steps]


def _around(
    snapshot: Snapshot, starts: frozenset[FunctionName], ends: frozenset[FunctionName], passed: frozenset[FunctionName]
) -> tuple[_Place, ...] | None:
    """The shortest chain from any start to any end that passes none of `passed`.

    A function on the chain passes what it called before it went on, and what it calls on the way back of the response:
    so a layer passes its middleware, whose hooks return before the next layer is entered.
    """
    links = list(_unpassed(snapshot.flow, passed))
    places = dict.fromkeys(
        place
        for stage in snapshot.flow.stages
        for step in stage.steps
        for place in ((step.caller, step.caller_layer), (step.callee, step.layer))
    )
    on_flow = {name for name, _ in places}
    if snapshot.graph is not None and not ends <= on_flow:
        links += _off_flow(snapshot.graph, snapshot.flow, places, passed)
    every = [*places, *((name, _OFF) for name in sorted(starts | ends) if name not in on_flow)]
    free = [place for place in every if place[0] not in passed]
    first = [place for place in free if place[0] in starts]
    last = [place for place in free if place[0] in ends]
    return shortest_chain(links, first, last)


def _unpassed(flow: Flow, passed: frozenset[FunctionName]) -> Iterator[tuple[_Place, _Place]]:
    steps = [step for stage in flow.stages for step in stage.steps]
    earliest: dict[_Place, int] = {}
    for step in steps:
        if step.callee in passed or not passed.isdisjoint(step.through):
            caller = (step.caller, step.caller_layer)
            number = 0 if step.returning else step.number
            earliest[caller] = min(number, earliest.get(caller, number))
    for step in steps:
        caller, callee = (step.caller, step.caller_layer), (step.callee, step.layer)
        is_past = step.number > earliest.get(caller, step.number)
        if not is_past and not passed & {step.caller, step.callee, *step.through}:
            yield caller, callee


def _off_flow(
    graph: CallGraph, flow: Flow, places: Iterable[_Place], passed: frozenset[FunctionName]
) -> Iterator[tuple[_Place, _Place]]:
    """The calls that leave the flow, and those beyond: where they come back, the flow's own steps know the layers."""
    layers: dict[FunctionName, list[_Place]] = {}
    for place in places:
        layers.setdefault(place[0], []).append(place)
    callers = {
        (step.caller, step.caller_layer) for stage in flow.stages for step in stage.steps if step.callee in passed
    }
    for edge in sorted(graph.edges):
        if edge.callee in layers or passed & {edge.caller, edge.callee}:
            continue
        for caller in layers.get(edge.caller, [(edge.caller, _OFF)]):
            if caller not in callers:
                yield caller, (edge.callee, _OFF)


def _hops(chain: Iterable[FunctionName], snapshot: Snapshot) -> tuple[Hop, ...]:
    names = tuple(chain)
    places = places_of(snapshot)
    first = places.functions.get(names[0])
    hops = [Hop(names[0], first.file if first else "", first.line if first else 0)]
    for caller, callee in pairwise(names):
        known = places.functions.get(caller)
        hops.append(Hop(callee, known.file if known else "", places.calls.get((caller, callee), 0)))
    return tuple(hops)
