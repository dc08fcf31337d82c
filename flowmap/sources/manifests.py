"""What a pyproject.toml, or another file by which a package is built, says that it needs: ranges, not pins.

Sources: PEP 621 (`[project]`), PEP 735 (`[dependency-groups]`), poetry's documentation of its own tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from flowmap.errors import RequirementsError
from flowmap.sources.dependencies import parsed
from flowmap.sources.environment import small_text
from flowmap.sources.metadata import read_metadata
from flowmap.sources.requirements import Located, Wanted, Wishes, is_archive_url, read_bounded
from flowmap.sources.target import canonical_name

Table = Mapping[str, object]

PYPROJECT: Final = "pyproject.toml"
# Asked in this order, after the first, for what a folder that was never built requires.
SETUP_FILES: Final = ("setup.cfg", "setup.py")
_BUILD_FILES: Final = (PYPROJECT, *SETUP_FILES)


def read_pyproject(path: Path) -> Wishes:
    """What `[project]`, the dependency groups and poetry's tables require. Raises RequirementsError."""
    try:
        table = tomllib.loads(read_bounded(path).decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequirementsError(str(path), str(error).splitlines()[0]) from error
    project = _table(table.get("project"))
    texts = _texts(project.get("dependencies"))
    groups = _table(table.get("dependency-groups"))
    for group in groups:
        texts += _group(group, groups, ())
    # One that is built is installed to be edited.
    total = Wishes(folders=(path.parent,)) if "build-system" in table else Wishes()
    for text in dict.fromkeys(_without_itself(texts, project, ())):
        total += _wished(text, path)
    for each in _poetry(_table(_table(table.get("tool")).get("poetry")), path):
        total += each
    return total


def read_build_files(folder: Path) -> Wishes:
    """What the package in a folder requires, as far as its files say so in so many words; none of them is run."""
    texts = {name: partial(small_text, folder / name) for name in _BUILD_FILES if (folder / name).is_file()}
    total = Wishes()
    for text in read_metadata(texts, _BUILD_FILES).requires:
        total += _wished(text, folder)
    return total


def _without_itself(texts: Iterable[str], project: Table, above: tuple[str, ...]) -> Iterator[str]:
    """What is required; where the project requires itself with extras, what these extras do."""
    name, extras = project.get("name"), _table(project.get("optional-dependencies"))
    own = canonical_name(name) if isinstance(name, str) else None
    for text in texts:
        found = parsed(text)
        if found is None or canonical_name(found.name) != own:
            yield text
            continue
        for extra in sorted(found.extras):
            if extra not in above:
                yield from _without_itself(_texts(extras.get(extra)), project, (*above, extra))


def _group(name: str, groups: Table, above: tuple[str, ...]) -> list[str]:
    """A group may include others; one that includes itself is the end of it."""
    found: list[str] = []
    value = groups.get(name)
    for item in value if isinstance(value, list) and name not in above else ():
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            found += _group(item["include-group"], groups, (*above, name))
    return found


def _wished(text: str, place: Path) -> Wishes:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise RequirementsError(f"{place}: {text}", str(error).splitlines()[0].rstrip(":")) from error
    if requirement.url and is_archive_url(requirement.url):
        return Wishes(located=(Located(requirement.name, requirement.url.partition("#")[0], place=str(place)),))
    if requirement.url:
        return Wishes(left_out=(f"{requirement.name} ({place}), which is on no index",))
    return Wishes((Wanted(requirement, place=str(place)),))


def _poetry(table: Table, path: Path) -> Iterator[Wishes]:
    groups = [_table(table.get("dependencies")), _table(table.get("dev-dependencies"))]
    groups += [
        _table(_table(group).get("dependencies"))
        for group in _table(table.get("group")).values()
        if _table(group).get("optional") is not True
    ]
    for group in groups:
        for name, value in group.items():
            if canonical_name(name) != "python":
                # Several constraints, each for an environment of its own.
                for each in value if isinstance(value, list) else [value]:
                    yield _poetry_wished(name, each, path)


def _poetry_wished(name: str, value: object, path: Path) -> Wishes:
    table: Table = {"version": value} if isinstance(value, str) else _table(value)
    if table.get("optional") is True:
        return Wishes()
    local = table.get("path")
    if isinstance(local, str):
        place = path.parent / local
        if place.exists():
            return Wishes(folders=(place,)) if place.is_dir() else Wishes(archives=(place,))
    version = table.get("version")
    if not isinstance(version, str):
        return Wishes(left_out=(f"{name} ({path}), which is on no index",))
    extras = ",".join(_texts(table.get("extras")))
    text = f"{name}{f'[{extras}]' if extras else ''}{specifiers(version)}"
    markers = " and ".join(_poetry_markers(table))
    return _wished(f"{text} ; {markers}" if markers else text, path)


def _poetry_markers(table: Table) -> Iterator[str]:
    marker, python = table.get("markers"), table.get("python")
    if isinstance(marker, str):
        yield f"({marker})"
    if isinstance(python, str):
        for operator, version in re.findall(r"([<>=!~]+)([^,]+)", specifiers(python)):
            yield f"python_full_version {operator} '{version}'"


def specifiers(version: str) -> str:
    """Poetry's constraint in the words of PEP 440: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`, `1.2` is `==1.2`.

    Of alternatives (`||`) the last one is taken.
    """
    parts = re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])", version.rpartition("||")[2].strip())
    return ",".join(filter(None, map(_specifier, parts)))


def _specifier(text: str) -> str:
    text = re.sub(r"\s+", "", text)
    if text in {"", "*"}:
        return ""
    match = re.fullmatch(r"(\^|~(?!=))v?(\d+(?:\.\d+)*)(.*)", text)
    if match is None:
        return (
            text if text[0] in "<>=!~" and text[:2] != "= " and not re.match(r"=\d", text) else f"=={text.lstrip('=')}"
        )
    numbers = [int(part) for part in match[2].split(".")]
    return f">={match[2]}{match[3]},<{'.'.join(map(str, _next(numbers, is_caret=match[1] == '^')))}"


def _next(numbers: list[int], *, is_caret: bool) -> list[int]:
    """The first version that is too new: a caret keeps the leftmost number that is not zero, a tilde the second."""
    if is_caret:
        place = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    else:
        place = min(1, len(numbers) - 1)
    return [*numbers[:place], numbers[place] + 1]


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
