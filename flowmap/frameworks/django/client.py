"""A request as a test makes it: the program that is run where no command and no server brings one."""

from __future__ import annotations

import re
from typing import Final

from flowmap.frameworks.django.entries import ClientEntry
from flowmap.sources.tree import SourceTree

MODULE: Final = "_flowmap_test"
# What the test runner does before a test, and a test whose path may be any: what is typed is not known.
_PROGRAM: Final = """\
import {package}
from {package}.test.utils import setup_test_environment
from {module} import {name}

setup = getattr({package}, "setup", None)
if setup is not None:
    setup()
setup_test_environment()
client = {name}()
response = client.get(input())
"""


def client_program(package: str, entry: ClientEntry) -> str:
    """The text of a test that makes one request."""
    return _PROGRAM.format(package=package, module=entry.module, name=entry.name)


def is_there(entry: ClientEntry, tree: SourceTree) -> bool:
    """Whether the client's module is in a tree and speaks of its name."""
    found = tree.find(entry.module)
    if found is None or found.file is None:
        return False
    return re.search(rf"\b{entry.name}\b", found.file.read().decode("utf-8", "replace")) is not None
