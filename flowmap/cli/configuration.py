"""Options that stand in `[tool.flowmap]` of a pyproject.toml, as words of a command line before the user's own."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from flowmap.errors import ConfigurationError, UnknownKeyError

FILE: Final = "pyproject.toml"
# Tables of a command's own, which hold more than options.
CHECK: Final = "check"
# What these say is how a map is drawn, and where to: another command has formats of its own.
_OF_A_MAP: Final = frozenset({"format", "output"})
# Only what draws a map has this option.
_DRAWS: Final = "renderer"
# Short options that take a value.
_SHORT: Final = frozenset({"-o"})
# Asked for in a single run, not once for all.
_ONCE: Final = frozenset({"in"})

# What is said of the project in the folder of the file; another target is none of its business.
_OF_A_PROJECT: Final = frozenset({"django", "settings", "root", "env", "requirements", "env-file", "set"})

Options = Mapping[str, tuple[type, ...]]


def configured_words(app: typer.Typer, words: Sequence[str]) -> list[str]:
    """What the configuration says of the options of a command, unless the words of the user say it.

    The file is the one in the folder that is mapped, else the one where the user stands. Keys equal the long names of
    options; those of other commands are passed over. Paths begin at the file. Raises ConfigurationError and
    UnknownKeyError.
    """
    if not {"-h", "--help"}.isdisjoint(words):
        return []
    own = options_of(app)
    targets = list(_targets(words, own))
    # Commands that need no target take the folder where the user stands.
    folder = next((Path(word) for word in targets if _is_folder(word)), None if targets else Path())
    file = (folder or Path()) / FILE
    table = {key: value for key, value in _table(file).items() if key != CHECK}
    _check_keys(table, file, own)
    said = {word.partition("=")[0] for word in words}
    if folder is None:
        said |= {f"--{key}" for key in _OF_A_PROJECT}
    if "-o" in said:
        said.add("--output")
    if _DRAWS not in own:
        said |= {f"--{key}" for key in _OF_A_MAP}
    return [
        word
        for key, value in table.items()
        if key in own and f"--{key}" not in said
        for word in _words(file, key, value, own[key])
    ]


def check_table(folder: Path) -> Mapping[str, object]:
    """`[tool.flowmap.check]` of the file in a folder, empty where there is none. Raises ConfigurationError."""
    table = _table(folder / FILE).get(CHECK, {})
    if not isinstance(table, dict):
        raise ConfigurationError(str(folder / FILE), f"tool.flowmap.{CHECK} is no table")
    return table


def _targets(words: Sequence[str], own: Options) -> Iterator[str]:
    """The words that may be what is mapped: the value of --in, where it is asked for, else all that are no options and
    no values of options.
    """
    asked = [value for word, value in pairwise(words) if word == "--in"]
    asked += [word.partition("=")[2] for word in words if word.startswith("--in=")]
    before = ("", *words)
    yield from asked or (
        word for last, word in zip(before, words, strict=False) if not word.startswith("-") and not _takes(last, own)
    )


def _takes(word: str, own: Options) -> bool:
    """Whether the next word is the value of this one."""
    return word in _SHORT or (word.startswith("--") and bool not in own.get(word[2:], (bool,)))


def _is_folder(word: str) -> bool:
    try:
        return Path(word).is_dir()
    except (OSError, ValueError):
        return False


def options_of(app: typer.Typer) -> dict[str, tuple[type, ...]]:
    """The options of a command by their long name, with the types of their values; `list`: it may be repeated."""
    callback = app.registered_commands[0].callback
    assert callback is not None
    found: dict[str, tuple[type, ...]] = {}
    for parameter, hint in get_type_hints(callback, include_extras=True).items():
        if get_origin(hint) is not Annotated or not isinstance(option := get_args(hint)[1], OptionInfo):
            continue
        # In an annotation the first name stands where a default would.
        names = [name for name in (option.default, *(option.param_decls or ())) if isinstance(name, str)]
        long = [name for name in names if name.startswith("--")] or [f"--{parameter}"]
        found.update((name[2:].replace("_", "-"), tuple(_types(get_args(hint)[0]))) for name in long)
    return {name: types for name, types in found.items() if name not in _ONCE}


def _types(hint: object) -> Iterator[type]:
    """The classes in an annotation: `list[Path] | None` is list and Path."""
    origin = get_origin(hint)
    if isinstance(hint, type) and origin is None:
        if hint is not type(None):
            yield hint
        return
    if origin is list:
        yield list
    for each in get_args(hint):
        yield from _types(each)


def _table(file: Path) -> Mapping[str, object]:
    try:
        if not file.is_file():
            return {}
        tool = tomllib.loads(file.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(str(file), str(error).splitlines()[0]) from error
    table = tool.get("flowmap", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError(str(file), "tool.flowmap is no table")
    return table


def _check_keys(table: Mapping[str, object], file: Path, own: Options) -> None:
    if all(key in own for key in table):
        return
    # Commands load what they need: only a key that is not this one's has all of them loaded.
    from flowmap.cli.main import COMMANDS  # noqa: PLC0415  # see above

    modules = [import_module(module) for module in sorted({module for module, _ in COMMANDS.values()})]
    apps = [each for module in modules for each in vars(module).values() if isinstance(each, typer.Typer)]
    known = sorted({name for app in apps for name in options_of(app)})
    for key in table:
        if key not in known:
            raise UnknownKeyError(str(file), key, difflib.get_close_matches(key, known, n=3))


def _words(file: Path, key: str, value: object, types: tuple[type, ...]) -> list[str]:
    option = f"--{key}"
    if bool in types:
        if not isinstance(value, bool):
            raise ConfigurationError(str(file), f"'{key}' is true or false")
        return [option] if value else []
    items: list[object] = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and list in types and Path not in types:
        # A table of names and values, for what takes NAME=VALUE.
        items = [f"{name}={item!r}" for name, item in value.items()]
    wanted = int if int in types else str
    if not all(isinstance(item, wanted) and not isinstance(item, bool) for item in items):
        raise ConfigurationError(str(file), f"'{key}' takes {'a number' if wanted is int else 'text'}")
    texts = [str(file.parent / Path(str(item)).expanduser()) if Path in types else str(item) for item in items]
    if list in types:
        return [f"{option}={text}" for text in texts]
    return [f"{option}={','.join(texts)}"] if texts else []
