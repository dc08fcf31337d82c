"""The projects of projects.toml: what each runs with, and what it is asked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLDER = FIXTURES / "projects"
PROJECTS = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """A project in `fixtures/projects/`, in the folder `style`, or that of its name. `serve` is what runs its server,
    `{port}` in it the port; `setup` is Python that fills its database, `settings` the module that its manage.py names.
    """

    name: str
    python: str
    settings: str
    requests: Sequence[str]
    serve: Sequence[str] = ("manage.py", "runserver", "--noreload", "{port}")
    requirements: str = "requirements.txt"
    style: str = ""
    setup: str = ""
    entry: str = "manage.py runserver"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return FOLDER / (self.style or self.name)

    @property
    def requirements_file(self) -> Path:
        return self.folder / self.requirements


def load_projects(path: Path = PROJECTS) -> Mapping[str, Project]:
    """All projects, by name."""
    tables: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Project(name, **table) for name, table in tables.items()}
