"""What a callee is called in the call graph."""

from __future__ import annotations

from flowmap.analysis.values import RESULT, Activation, Callee, Class, Native
from flowmap.names import FunctionName

_INIT = ".__init__"


def name_of(callee: Callee) -> FunctionName:
    """The name of what is called; of what is not in the source, as far as a dotted name tells its module."""
    if isinstance(callee, Activation):
        return callee.block.function
    if isinstance(callee, Native):
        return callee.name
    if isinstance(callee, Class):
        return FunctionName(callee.module, callee.qualname)
    # `ext.Cls().method` and `ext.Cls.__init__` are names of the module `ext`.
    owner = callee.name.partition(RESULT)[0].removesuffix(_INIT)
    module = owner.rpartition(".")[0]
    return FunctionName(module, callee.name[len(module) + 1 :])
