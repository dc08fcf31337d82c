"""The fixed words of the viewer's pages."""

from __future__ import annotations

from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.sightings import Mark
from flowmap.names import Origin

EVIDENCE: Final[dict[Evidence, str]] = {
    Evidence.CALL: "a call in the source",
    Evidence.CALLBACK: "a callback: handed to what calls it",
    Evidence.IMPORT: "an import, which runs the module",
    Evidence.IMPORT_STRING: "found by a name that is held in a string",
    Evidence.SETTING: "found by a name that stands in the settings",
    Evidence.THREAD: "started in a thread",
    Evidence.SIGNAL: "a receiver of the signal that is sent",
    Evidence.PROPERTY: "a property that is read",
    Evidence.ITERATION: "an iteration",
    Evidence.CONTEXT_MANAGER: "a with statement",
    Evidence.DECORATOR: "a decorator",
    Evidence.OPERATOR: "an operator",
    Evidence.ATTRIBUTE: "access to an attribute",
    Evidence.CLASS_BODY: "the making of a class",
    Evidence.AWAIT: "an await",
    Evidence.PROCESS: "started in a process",
}

ORIGINS: Final[dict[Origin, str]] = {
    Origin.DISTRIBUTION: "the distribution under study",
    Origin.PROJECT: "the project",
    Origin.DEPENDENCY: "a dependency",
    Origin.STDLIB: "the standard library",
}

MARKS: Final[dict[Mark, str]] = {
    Mark.SEEN: "seen in the recording",
    Mark.POSSIBLE: "possible, and not seen in the recording",
    Mark.UNOBSERVABLE: "no recording could see it: it enters no Python code",
    Mark.NOT_FOUND: "seen in the recording, and not found in the source",
}
