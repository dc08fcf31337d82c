"""`sightings.json`: what a recording says of every edge of a call graph, in the schema `flowmap-sightings/1`."""

from __future__ import annotations

import msgspec

from flowmap.flow.model import Subject
from flowmap.flow.sightings import Mark, Sightings
from flowmap.snapshot import schema
from flowmap.snapshot.observed import Observed
from flowmap.snapshot.wire import WireSubject, wire_subject


class _WireRun(msgspec.Struct):
    program: str
    pythons: list[str]
    processes: int
    packages: dict[str, str]


class _WireSighting(msgspec.Struct):
    caller: str
    callee: str
    mark: Mark


class _WireSightings(msgspec.Struct):
    schema: str
    subject: WireSubject
    observed: _WireRun
    edges: list[_WireSighting]


def sightings_json(sightings: Sightings, subject: Subject, observed: Observed) -> bytes:
    """The bytes of `sightings.json`: the edges of callgraph.json and what was not found, sorted, each with its mark."""
    run = _WireRun(
        observed.program, list(observed.pythons), observed.processes, dict(sorted(observed.packages.items()))
    )
    edges = [
        _WireSighting(str(caller), str(callee), mark) for (caller, callee), mark in sorted(sightings.marks.items())
    ]
    return schema.encode(_WireSightings(schema.SIGHTINGS, wire_subject(subject), run, edges))
