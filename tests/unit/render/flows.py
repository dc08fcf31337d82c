"""Made-up flows: a short way to write one down, and a hypothesis strategy for any."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function, NodeKind
from flowmap.flow.model import Flow, Stage, Step
from flowmap.names import FunctionName, Origin
from tests.unit.render.sample import SUBJECT


def function(text: str, *, line: int = 1, origin: Origin = Origin.DISTRIBUTION) -> Function:
    """A function whose file follows from its module."""
    name = FunctionName.parse(text)
    return Function(name, NodeKind.FUNCTION, origin, name.module.replace(".", "/") + ".py", line, line + 1)


def step(number: int, stage: str, caller: str, callee: str, **more: object) -> Step:
    """`caller` and `callee` are `module:qualname` or `module:qualname@layer`."""
    tail, _, tail_layer = caller.partition("@")
    head, _, head_layer = callee.partition("@")
    fields = {"line": number, "evidence": Evidence.CALL, **more}
    return Step(
        number,
        stage,
        FunctionName.parse(tail),
        int(tail_layer or 0),
        FunctionName.parse(head),
        int(head_layer or 0),
        **fields,  # type: ignore[arg-type]  # a test's short hand for the optional fields
    )


def flow_of(*steps: Step, missing: tuple[str, ...] = (), hidden: dict[str, int] | None = None) -> Flow:
    """A flow of these steps, its stages in order of their first step."""
    names = sorted({name for one in steps for name in (one.caller, one.callee)})
    functions = {name: function(str(name)) for name in names}
    ids = dict.fromkeys(one.stage for one in steps)
    own = {stage: tuple(one for one in steps if one.stage == stage) for stage in ids}
    stages = tuple(Stage(stage, stage.title(), own[stage][0].callee, own[stage]) for stage in ids)
    return Flow(SUBJECT, stages, functions, hidden or {}, (), missing)


@st.composite
def flows(draw: st.DrawFn, *, most_steps: int = 30) -> Flow:
    """Any flow: calls between lanes up and down, recursion, layers, every evidence, both ways; and any list of classes
    in its settings.
    """
    functions = [f"pkg.m{number % 5}:C{number}.method_{'x' * (number * 7 % 23)}" for number in range(draw(_COUNTS))]
    reached = [draw(st.sampled_from(functions))]
    steps = []
    for number in range(1, draw(st.integers(1, most_steps)) + 1):
        callee = draw(st.sampled_from(functions)) + draw(st.sampled_from(["", "", "", "@1", "@2", "@3"]))
        steps.append(
            step(
                number,
                draw(st.sampled_from(["one", "two", "three", "four"])),
                draw(st.sampled_from(reached)),
                callee,
                evidence=draw(st.sampled_from(Evidence)),
                returning=draw(st.booleans()),
                condition=draw(st.none() | st.text(max_size=8)),
            )
        )
        reached.append(callee)
    flow = flow_of(*steps, missing=draw(st.sampled_from([(), ("five",)])), hidden={"two": 3})
    classes = [name.rpartition(".")[0].replace(":", ".") for name in functions]
    listed = draw(st.lists(st.sampled_from(classes), max_size=len(classes)))
    return replace(flow, subject=replace(flow.subject, settings={"LAYERS": listed}))


_COUNTS = st.integers(1, 14)
