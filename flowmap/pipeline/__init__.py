"""Puts the stages together, from a target to the files that are written; the one place that knows them all.

The names below are for those who use flowmap from Python. Each is loaded when it is asked for: a run that has its
result from before needs few of them, and the engine is not among those.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

_MODULES: Final = {
    "explaining": ("explain",),
    "flows": ("flow_of", "map_flow", "result_of"),
    "graphs": ("open_graph",),
    "mapping": ("MappedProgram", "map_graph", "map_program"),
    "outputs": (
        "DEFAULT_FORMATS", "FORMATS", "Manner", "chosen_formats", "chosen_language", "chosen_renderer", "output_folder",
        "render_outputs",
    ),
    "programs": ("GRAPH_FORMATS", "Program", "callgraph_of_files", "map_files"),
    "request": ("Request",),
    "targets": ("MappedTarget", "mapped_target"),
    "writing": ("check_writable", "write_outputs"),
}  # fmt: skip
_PLACES: Final = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
