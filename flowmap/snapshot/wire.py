"""The parts that both snapshots share: their shapes on the wire, field by field in the order they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function, Gap, NodeKind
from flowmap.flow.model import Decision, OpenSetting, Subject
from flowmap.names import FunctionName, Origin


class WireDecision(msgspec.Struct, omit_defaults=True):
    subject: str
    outcome: str
    setting: str
    place: str
    chosen: str = ""
    over: list[str] = []


class WireOpenSetting(msgspec.Struct, omit_defaults=True):
    setting: str
    place: str
    variables: list[str] = []


class WireSubject(msgspec.Struct, omit_defaults=True):
    distribution: str
    version: str
    sha256: str
    python: str
    entry: str
    project: str
    platform: str
    settings: dict[str, object]
    decided: list[WireDecision] = []
    open: list[WireOpenSetting] = []


class WireNode(msgspec.Struct):
    id: str
    module: str
    qualname: str
    kind: NodeKind
    origin: Origin
    file: str
    line: int
    end_line: int
    signature: str
    body: str


class WireGap(msgspec.Struct, omit_defaults=True):
    caller: str
    line: int
    reason: str
    name: str = ""


class WireSite(msgspec.Struct):
    line: int
    evidence: Evidence


def wire_subject(subject: Subject) -> WireSubject:
    """Settings sorted by name; sequences and sets become lists, sets sorted."""
    settings = {name: _plain(value) for name, value in sorted(subject.settings.items())}
    return WireSubject(
        subject.distribution,
        subject.version,
        subject.sha256,
        subject.python,
        subject.entry,
        subject.project,
        subject.platform,
        settings,
        [WireDecision(d.subject, d.outcome, d.setting, d.place, d.chosen, list(d.over)) for d in subject.decided],
        [WireOpenSetting(each.setting, each.place, list(each.variables)) for each in subject.open],
    )


def subject_of(wire: WireSubject) -> Subject:
    return Subject(
        wire.distribution,
        wire.version,
        wire.sha256,
        wire.python,
        wire.entry,
        wire.project,
        wire.platform,
        wire.settings,
        tuple(Decision(d.subject, d.outcome, d.setting, d.place, d.chosen, tuple(d.over)) for d in wire.decided),
        tuple(OpenSetting(each.setting, each.place, tuple(each.variables)) for each in wire.open),
    )


def wire_nodes(functions: Iterable[Function]) -> list[WireNode]:
    """Sorted by id."""
    nodes = [
        WireNode(
            str(function.name),
            function.name.module,
            function.name.qualname,
            function.kind,
            function.origin,
            function.file,
            function.line,
            function.end_line,
            function.signature,
            function.body,
        )
        for function in functions
    ]
    return sorted(nodes, key=lambda node: (node.module, node.qualname))


def functions_of(nodes: Iterable[WireNode]) -> dict[FunctionName, Function]:
    """By name, in the order of their names."""
    functions = [
        Function(
            FunctionName(node.module, node.qualname),
            node.kind,
            node.origin,
            node.file,
            node.line,
            node.end_line,
            node.signature,
            node.body,
        )
        for node in nodes
    ]
    return {function.name: function for function in sorted(functions, key=lambda function: function.name)}


def wire_gaps(gaps: Iterable[Gap]) -> list[WireGap]:
    """Sorted by caller, line and reason."""
    return [WireGap(str(gap.caller), gap.line, gap.reason, gap.name) for gap in sorted(gaps)]


def gaps_of(wire: Iterable[WireGap]) -> tuple[Gap, ...]:
    return tuple(sorted(Gap(FunctionName.parse(gap.caller), gap.line, gap.reason, gap.name) for gap in wire))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=repr)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a setting of type {type(value).__name__} has no form in JSON")
