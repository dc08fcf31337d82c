"""Which framework a distribution is, told by what is in its source."""

from __future__ import annotations

from typing import Final

from flowmap.callgraph.model import Function
from flowmap.errors import UnknownFrameworkError
from flowmap.flow.model import Subject
from flowmap.frameworks.django.entries import APPLICATION_FILES, ENTRY_FILE
from flowmap.frameworks.django.framework import NAME, recognise_django
from flowmap.frameworks.django.links import DISTRIBUTION, source_link
from flowmap.frameworks.model import Framework
from flowmap.sources.distribution import Distribution

_KNOWN: Final = {NAME: recognise_django}
_LINKS: Final = (source_link,)

# Which distribution is meant when a folder holds several.
DISTRIBUTIONS: Final = (DISTRIBUTION,)

# The files by which a project is told from other folders: the one it is started by, else those of its applications.
PROJECT_FILES: Final = (ENTRY_FILE, *APPLICATION_FILES)


def recognise(distribution: Distribution) -> Framework:
    """The framework that a distribution is. Raises UnknownFrameworkError."""
    for find in _KNOWN.values():
        framework = find(distribution)
        if framework is not None:
            return framework
    raise UnknownFrameworkError(f"{distribution.name} {distribution.version}", tuple(_KNOWN))


def link_in(function: Function, subject: Subject) -> str | None:
    """The public address of the line where a function of a mapped subject is defined, without its source tree; None
    where there is none.
    """
    return next((address for link in _LINKS if (address := link(function, subject)) is not None), None)


def is_framework(distribution: Distribution) -> bool:
    """Whether a distribution is one that `recognise` knows."""
    return any(find(distribution) is not None for find in _KNOWN.values())
