"""A flow and its call graph as JSON, there and back, with their schemas: what CI stores and compares."""

from flowmap.snapshot.callgraph import CallGraphSnapshot, callgraph_json, read_callgraph
from flowmap.snapshot.flow import flow_json, read_flow
from flowmap.snapshot.schema import CALLGRAPH, NotASnapshotError, UnknownSchemaError, json_schema, schema_in

__all__ = [
    "CALLGRAPH",
    "CallGraphSnapshot",
    "NotASnapshotError",
    "UnknownSchemaError",
    "callgraph_json",
    "flow_json",
    "json_schema",
    "read_callgraph",
    "read_flow",
    "schema_in",
]
