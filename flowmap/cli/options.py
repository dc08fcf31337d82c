"""The options of every command that reads a target, and the request they make."""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, TypeVar, get_type_hints

import typer

from flowmap.characters import is_identifier
from flowmap.errors import InvalidFrontierError
from flowmap.pipeline.request import Request

_Result = TypeVar("_Result")

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
EnvFiles: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--env-file", metavar="FILE", help="Environment variables, a NAME=VALUE a line (repeatable)."),
]
Assumed: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting's value, whatever the project says (repeatable)."),
]
Entry: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--entry",
        help="Where to enter: 'manage.py COMMAND ...', wsgi, asgi or django.test.Client. [manage.py runserver]",
    ),
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


# What is asked of a target, with its default, as the parameters of a command.
_SHARED: Final[dict[str, tuple[object, object]]] = {
    "project": (Project, None),
    "django": (Django, None),
    "settings": (Settings, None),
    "root": (Roots, None),
    "env": (Env, None),
    "requirements": (Requirements, None),
    "env_file": (EnvFiles, None),
    "assumed": (Assumed, None),
    "entry": (Entry, None),
    "frontier": (Frontier, None),
    "index_url": (IndexUrl, None),
    "stdlib": (Stdlib, None),
    "offline": (Offline, False),
    "platform": (Platform, "linux"),
    "jobs": (Jobs, None),
    "no_cache": (NoCache, False),
}

RequestFor: TypeAlias = Callable[[str], Request]
"""Makes the request for a target out of what was said besides."""


def takes_request(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """The command with all options of a target besides its own; they come to it as `request`, a RequestFor."""
    hints = get_type_hints(command, include_extras=True)
    own = [each for each in signature(command).parameters.values() if each.name != "request"]
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        for name, (hint, default) in _SHARED.items()
    ]

    @functools.wraps(command)
    def run(*arguments: object, **options: Any) -> _Result:  # typer has converted them
        given = {name: options.pop(name, default) for name, (_, default) in _SHARED.items()}
        return command(*arguments, request=functools.partial(_request, **given), **options)

    parameters = [*(each.replace(annotation=hints[each.name]) for each in own), *shared]
    run.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect and typer read it
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _request(
    target: str, *, frontier: str | None, root: list[Path] | None, requirements: list[Path] | None,
    env_file: list[Path] | None, assumed: list[str] | None, stdlib: Path | None, **others: Any,
) -> Request:  # fmt: skip
    return Request(
        target,
        frontier=modules_of(frontier),
        roots=tuple(root or ()),
        requirements=tuple(requirements or ()),
        env_files=tuple(env_file or ()),
        assumed=tuple(assumed or ()),
        library=stdlib,
        **others,
    )
