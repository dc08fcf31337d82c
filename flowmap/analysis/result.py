"""What an analysis hands on: evidence, gaps' reasons and the bounds that were hit."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Evidence(enum.StrEnum):
    """Why a call edge is believed."""

    CALL = "call"
    CALLBACK = "callback"  # called by a builtin or C function that was handed the callee
    IMPORT = "import"
    IMPORT_STRING = "import-string"  # the callee was found by a module or attribute name held in a string
    SETTING = "setting"  # as import-string, and the string came from the project's settings
    THREAD = "thread"
    SIGNAL = "signal"
    PROPERTY = "property"
    ITERATION = "iteration"
    CONTEXT_MANAGER = "context-manager"
    DECORATOR = "decorator"
    OPERATOR = "operator"
    ATTRIBUTE = "attribute"  # __getattr__, __getattribute__, __setattr__, descriptors that are no property
    CLASS_BODY = "class-body"  # __prepare__, __set_name__, __init_subclass__, metaclass calls
    AWAIT = "await"
    PROCESS = "process"


class Reason(enum.StrEnum):
    """Why a call site is a gap: a closed list."""

    UNKNOWN_VALUE = "the callee's value is unknown"
    UNKNOWN_ARGUMENT = "the callee came in through an argument the analysis does not know"
    ATTRIBUTE_MISSING = "no such attribute was found on the value"
    MODULE_MISSING = "the module is not in the source tree"
    FRONTIER = "the callee is behind the frontier"
    EXTERNAL = "the callee is not Python source"
    NO_MODEL = "a builtin or C function without a model"
    DYNAMIC_CODE = "exec, eval or compile"
    NO_RETURN = "nothing that is called returns, as far as was followed"
    UNFINISHED = "the body of the module never comes to its end"
    OVERFULL = "more values meet here than are told apart"
    UNREADABLE = "the module's source cannot be parsed"
    ARGUMENTS = "the arguments do not fit the function that was read"
    NOT_CALLABLE = "nothing was found there that can be called"
    BOUND = "a bound was hit"


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """A named bound that was hit: where, and how often."""

    name: str
    limit: int
    where: str
    hits: int


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, which is relative to the root of its origin."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
