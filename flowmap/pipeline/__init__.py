"""Puts the stages together, from a target to the files that are written; the one place that knows them all."""

from flowmap.pipeline.flows import map_flow
from flowmap.pipeline.mapping import MappedProgram, Request, map_graph, map_program
from flowmap.pipeline.outputs import DEFAULT_FORMATS, FORMATS, output_folder, render_outputs, write_outputs
from flowmap.pipeline.programs import Program, callgraph_of_files, map_files

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "MappedProgram",
    "Program",
    "Request",
    "callgraph_of_files",
    "map_files",
    "map_flow",
    "map_graph",
    "map_program",
    "output_folder",
    "render_outputs",
    "write_outputs",
]
