"""The options of every command that reads a target, and the request they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from flowmap.characters import is_identifier
from flowmap.errors import InvalidFrontierError

Project: TypeAlias = Annotated[
    Path | None, typer.Option("--project", metavar="DIR", help="Your own project: the folder of its manage.py.")
]
Django: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--django", metavar="RELEASE", help="Another Django to look at a project on: '5.2.19', '~=4.2', a path."
    ),
]
Settings: TypeAlias = Annotated[
    str | None,
    typer.Option("--settings", metavar="MODULE", help="The settings module, as DJANGO_SETTINGS_MODULE would name it."),
]
Roots: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--root", metavar="DIR", help="A further folder that the project imports from (repeatable)."),
]
Env: TypeAlias = Annotated[
    Path | None,
    typer.Option("--env", metavar="DIR", help="The environment that holds the project's packages; it is never run."),
]
Requirements: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--requirements", metavar="FILE", help="A lock or requirements file that names its packages (repeatable)."
    ),
]
Entry: TypeAlias = Annotated[
    str | None,
    typer.Option("--entry", help="Where to enter: 'manage.py COMMAND ...' or 'wsgi'. [manage.py runserver]"),
]
Frontier: TypeAlias = Annotated[
    str | None, typer.Option("--frontier", help="Modules that are called and not entered. [none]")
]
Url: TypeAlias = Annotated[
    str | None, typer.Option("--url", metavar="PATH", help="The request to follow: /cart/7/. [any]")
]
Method: TypeAlias = Annotated[
    str | None, typer.Option("--method", metavar="NAME", help="Its HTTP method: GET, POST. [any]")
]
View: TypeAlias = Annotated[
    str | None, typer.Option("--view", metavar="NAME", help="The view that answers it: shop.views.cart. [any]")
]
IndexUrl: TypeAlias = Annotated[
    str | None, typer.Option("--index-url", help="The index to ask instead of the one pip is set to.")
]
Stdlib: TypeAlias = Annotated[
    Path | None, typer.Option("--stdlib", metavar="DIR", help="The standard library to read. [this Python's]")
]
Offline: TypeAlias = Annotated[bool, typer.Option("--offline", help="Use what is cached, never the network.")]
Platform: TypeAlias = Annotated[str, typer.Option("--platform", help="The sys.platform to assume.")]
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Work everything out anew, and keep nothing but downloads.")
]
Jobs: TypeAlias = Annotated[int | None, typer.Option("--jobs", min=1, help="Processes that share the parsing.")]


def modules_of(frontier: str | None) -> tuple[str, ...] | None:
    """The dotted names of `--frontier`; None where it is not given. Raises InvalidFrontierError."""
    if frontier is None:
        return None
    names = tuple(name.strip() for name in frontier.split(",") if name.strip())
    for name in names:
        if not all(is_identifier(part) for part in name.split(".")):
            raise InvalidFrontierError(name)
    return names
