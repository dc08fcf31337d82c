"""The flow as GraphML: a node a function, an edge a step."""

from __future__ import annotations

from flowmap.callgraph.graphml import GraphMLEdge, function_nodes, graphml
from flowmap.flow.model import Flow


def flow_graphml(flow: Flow) -> str:
    """`flow.graphml`: steps are parallel edges with number, stage, layer, line, evidence, condition and way."""
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
            },
        )
        for step in steps
    )
    return graphml(function_nodes(flow.functions), edges)
