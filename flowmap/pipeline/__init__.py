"""Puts the stages together, from a target to the files that are written; the one place that knows them all."""

from flowmap.flow.model import Detail
from flowmap.pipeline.explaining import explain
from flowmap.pipeline.flows import flow_of, map_flow
from flowmap.pipeline.graphs import open_graph
from flowmap.pipeline.mapping import MappedProgram, Request, map_graph, map_program
from flowmap.pipeline.outputs import (
    DEFAULT_FORMATS,
    FORMATS,
    check_writable,
    chosen_formats,
    chosen_renderer,
    output_folder,
    render_outputs,
    write_outputs,
)
from flowmap.pipeline.programs import GRAPH_FORMATS, Program, callgraph_of_files, map_files

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "GRAPH_FORMATS",
    "Detail",
    "MappedProgram",
    "Program",
    "Request",
    "callgraph_of_files",
    "check_writable",
    "chosen_formats",
    "chosen_renderer",
    "explain",
    "flow_of",
    "map_files",
    "map_flow",
    "map_graph",
    "map_program",
    "open_graph",
    "output_folder",
    "render_outputs",
    "write_outputs",
]
