"""What the user asks to be mapped, and who is told how far the work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Progress: TypeAlias = Callable[[str], None]


def silent(_stage: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be mapped. None stands for the default: the framework's own project, entry and frontier, the
    standard library of the running Python, the indexes of the user's pip, and as many processes as are of use.

    `django` is the release to look at a project on, instead of the one that is found with it; `settings` names the
    project's settings module, `roots` are further folders that it imports from. Its packages are those of the
    environment `env`, or those that the files `requirements` ask for. `env_files` hold the environment variables that
    it runs with, `assumed` the values of settings, each as NAME=VALUE, whatever the project says of them.
    `url`, `method` and `view` say which request is meant, any one where they are None.

    `no_cache`: results and parsed modules are neither read from the cache nor kept in it.
    """

    target: str
    project: Path | None = None
    entry: str | None = None
    frontier: tuple[str, ...] | None = None
    platform: str = "linux"
    library: Path | None = None
    index_url: str | None = None
    offline: bool = False
    jobs: int | None = None
    no_cache: bool = False
    django: str | None = None
    settings: str | None = None
    roots: tuple[Path, ...] = ()
    env: Path | None = None
    requirements: tuple[Path, ...] = ()
    env_files: tuple[Path, ...] = ()
    assumed: tuple[str, ...] = ()
    url: str | None = None
    method: str | None = None
    view: str | None = None
