"""A realistic flow, Django 5.2.19's default project, built by hand from a recording: what the picture is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function, Gap, NodeKind
from flowmap.flow.model import Flow, Stage, Step, Subject
from flowmap.names import MODULE_BODY, FunctionName, Origin

TABLES = Path(__file__).with_name("sample.txt")

TITLES = {
    "command-line": "Command line",
    "command": "Management command",
    "application": "Application",
    "server": "Server",
    "connection": "Connection",
    "handler": "Handler",
    "middleware": "Middleware",
    "url": "URL",
    "view": "View",
    "response": "Response",
}
HIDDEN = {
    "command-line": 12,
    "application": 31,
    "server": 4,
    "connection": 17,
    "handler": 9,
    "middleware": 44,
    "url": 6,
}

SUBJECT = Subject(
    distribution="Django",
    version="5.2.19",
    sha256="9c2b1c0e0b6f3a0e4f6e6d6a2b8d7c5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c",
    python="3.11",
    entry="manage.py runserver",
    project="startproject",
    platform="linux",
    settings={"ROOT_URLCONF": "mysite.urls", "WSGI_APPLICATION": "mysite.wsgi.application"},
)


def django_5_2_flow() -> Flow:
    """About 75 functions over ten stages, seven layers of middleware with their hooks in and out."""
    functions = {function.name: function for function in _functions()}
    steps = tuple(_steps())
    stages = tuple(
        Stage(stage, title, own[0].callee, own)
        for stage, title in TITLES.items()
        if (own := tuple(step for step in steps if step.stage == stage))
    )
    gap = Gap(FunctionName.parse("django.core.servers.basehttp:run"), 266, "the callee's value is unknown")
    return Flow(SUBJECT, stages, functions, HIDDEN, (gap,))


def with_a_hole(flow: Flow, stage: str) -> Flow:
    """The same flow as an analysis would give it that never reached `stage`."""
    return replace(
        flow, stages=tuple(known for known in flow.stages if known.id != stage), missing=(*flow.missing, stage)
    )


def _section(name: str) -> Iterator[str]:
    inside = False
    for line in TABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            inside = line.startswith(f"[{name}]")
        elif inside:
            yield line


def _functions() -> Iterator[Function]:
    modules = {module: (Origin(origin), file) for origin, module, file in (row.split() for row in _section("modules"))}
    for row in _section("functions"):
        text, _, line = row.rpartition("=")
        name = FunctionName.parse(text)
        origin, file = modules[name.module]
        kind = NodeKind.MODULE if name.qualname == MODULE_BODY else NodeKind.FUNCTION
        yield Function(name, kind, origin, file, int(line), int(line) + 9, "(…)", "")


def _steps() -> Iterator[Step]:
    for number, row in enumerate(_section("steps"), start=1):
        stage, line, evidence, way, caller, callee, *condition = row.split(maxsplit=6)
        tail, _, tail_layer = caller.partition("@")
        head, _, head_layer = callee.partition("@")
        yield Step(
            number=number,
            stage=stage,
            caller=FunctionName.parse(tail),
            caller_layer=int(tail_layer or 0),
            callee=FunctionName.parse(head),
            layer=int(head_layer or 0),
            line=int(line),
            evidence=Evidence(evidence),
            returning=way == "back",
            condition=condition[0] if condition else None,
        )
