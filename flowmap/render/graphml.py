"""The flow as GraphML: a node a function, an edge a step."""

from __future__ import annotations

from flowmap.callgraph.graphml import GraphMLEdge, function_nodes, graphml
from flowmap.flow.model import Flow


def flow_graphml(flow: Flow) -> str:
    """`flow.graphml`: steps are parallel edges with number, stage, layer, line, evidence, condition, way, and
    the functions it goes through that are not shown. The graph says how many calls are not, in all and by stage.
    """
    steps = sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)
    edges = (
        GraphMLEdge(
            str(step.caller),
            str(step.callee),
            str(step.number),
            {
                "number": step.number,
                "stage": step.stage,
                "layer": step.layer,
                "line": step.line,
                "evidence": str(step.evidence),
                "condition": step.condition or "",
                "returning": int(step.returning),
                "through": " ".join(map(str, step.through)),
            },
        )
        for step in steps
    )
    hidden = {f"hidden in {stage}": count for stage, count in sorted(flow.hidden.items())}
    return graphml(function_nodes(flow.functions), edges, {"hidden": sum(flow.hidden.values()), **hidden})
