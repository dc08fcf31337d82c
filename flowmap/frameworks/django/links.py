"""Public addresses of the lines of a release: its repository, at the tag that bears its version."""

from __future__ import annotations

import re
from typing import Final, assert_never

from flowmap.callgraph.model import Function
from flowmap.flow.model import Subject
from flowmap.frameworks.links import standard_library_link
from flowmap.names import Origin
from flowmap.sources.target import canonical_name

REPOSITORY: Final = "https://github.com/django/django"
DISTRIBUTION: Final = "django"

# Releases and pre-releases have a tag; what is between them has none.
_TAGGED: Final = re.compile(r"\d+\.\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?")


def source_link(function: Function, subject: Subject) -> str | None:
    """The address of the line where a function is defined; None for what is nowhere public, or not at a tag."""
    match function.origin:
        case Origin.DISTRIBUTION:
            is_release = _TAGGED.fullmatch(subject.version) and canonical_name(subject.distribution) == DISTRIBUTION
            if not function.file or not is_release:
                return None
            return f"{REPOSITORY}/blob/{subject.version}/{function.file}#L{function.line}"
        case Origin.STDLIB:
            return standard_library_link(function, subject)
        case Origin.PROJECT | Origin.DEPENDENCY:
            return None
        case _:
            assert_never(function.origin)
