"""What lock files pin: pylock.toml (PEP 751), uv.lock, poetry.lock and Pipfile.lock, read as data.

What they pin is looked up on the indexes of the user's own settings; the digests they state say whether it is the same.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from flowmap.errors import RequirementsError
from flowmap.sources.requirements import SHA256, Located, Wanted, Wishes, digests_of, is_archive_url, read_bounded
from flowmap.sources.target import canonical_name

Table = Mapping[str, object]


def read_lock(path: Path, markers: Mapping[str, str]) -> Wishes:
    """What a lock file pins for an environment with these markers. Raises RequirementsError."""
    text = read_bounded(path).decode("utf-8", "replace")
    try:
        table = json.loads(text) if path.name.endswith("Pipfile.lock") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequirementsError(str(path), str(error).splitlines()[0]) from error
    if not isinstance(table, dict):
        raise RequirementsError(str(path), "it holds no table")
    wishes = Wishes(is_complete=True)
    for each in _READERS[lock_kind(path)](table, path, markers):
        wishes += each
    return wishes


def lock_kind(path: Path) -> str:
    """The kind of a lock by its file's name, '' when it is none: `pylock.dev.toml` is a pylock.toml."""
    if path.name.startswith("pylock.") and path.suffix == ".toml":
        return "pylock.toml"
    return path.name if path.name in _READERS else ""


def _pylock(table: Table, path: Path, markers: Mapping[str, str]) -> Iterator[Wishes]:
    groups = frozenset(_texts(table.get("dependency-groups")) + _texts(table.get("default-groups")))
    for entry in _tables(table.get("packages")):
        name = _text(entry.get("name"))
        if not _applies(_text(entry.get("marker")), markers, groups=groups):
            continue
        files = [entry.get(kind) for kind in ("archive", "sdist")] + [*_tables(entry.get("wheels"))]
        digests = [
            f"{SHA256}:{value}" for file in files for value in [_text(_table(_table(file).get("hashes")).get(SHA256))]
        ]
        archive = _text(_table(entry.get("archive")).get("path"))
        folder = _text(_table(entry.get("directory")).get("path"))
        address = _text(_table(entry.get("archive")).get("url"))
        stated = [text for text in digests if text[-1:] != ":"]
        if archive or folder:
            yield _on_disk(path, name, archive or folder)
        elif address:
            yield _located(path, name, address, stated)
        elif "vcs" in entry:
            yield _elsewhere(path, name)
        elif entry.get("version"):
            yield _pinned(path, name, _text(entry.get("version")), stated)


def _uv(table: Table, path: Path, markers: Mapping[str, str]) -> Iterator[Wishes]:
    """The packages that the project's own lead to: an entry says nothing of the platforms it is for."""
    entries: dict[str, list[Table]] = {}
    for entry in _tables(table.get("package")):
        entries.setdefault(canonical_name(_text(entry.get("name"))), []).append(entry)
    pending = [entry for each in entries.values() for entry in each if _is_own(entry)]
    seen = {id(entry) for entry in pending}
    extras: set[tuple[int, str]] = set()
    while pending:
        entry = pending.pop()
        yield _uv_pinned(entry, path)
        for edge in _uv_edges(entry, extras):
            if not _applies(_text(edge.get("marker")), markers):
                continue
            for found in _uv_chosen(entries.get(canonical_name(_text(edge.get("name"))), []), edge, markers):
                asked = {(id(found), extra) for extra in _texts(edge.get("extra"))}
                if id(found) not in seen or not asked <= extras:
                    extras |= asked
                    seen.add(id(found))
                    pending.append(found)


def _uv_edges(entry: Table, extras: set[tuple[int, str]]) -> Iterator[Table]:
    yield from _tables(entry.get("dependencies"))
    for extra, edges in _table(entry.get("optional-dependencies")).items():
        if (id(entry), extra) in extras:
            yield from _tables(edges)
    # Groups are the project's own: what its developers work with, its settings for development among it.
    for edges in _table(entry.get("dev-dependencies")).values():
        yield from _tables(edges)


def _uv_chosen(entries: list[Table], edge: Table, markers: Mapping[str, str]) -> list[Table]:
    if len(entries) > 1 and edge.get("version"):
        return [entry for entry in entries if entry.get("version") == edge["version"]]
    forked = [entry for entry in entries if _any_applies(_texts(entry.get("resolution-markers")), markers)]
    return forked[:1] or entries[:1]


def _uv_pinned(entry: Table, path: Path) -> Wishes:
    name, source = _text(entry.get("name")), _table(entry.get("source"))
    # What is virtual is never installed.
    if "virtual" in source:
        return Wishes(is_complete=True)
    for kind in ("editable", "directory", "path"):
        if kind in source:
            return _on_disk(path, name, _text(source[kind]))
    files = [_table(entry.get("sdist")), *_tables(entry.get("wheels"))]
    digests = [_text(file["hash"]) for file in files if "hash" in file]
    if "url" in source:
        return _located(path, name, _text(source["url"]), digests)
    return _pinned(path, name, _text(entry.get("version")), digests) if "registry" in source else _elsewhere(path, name)


def _is_own(entry: Table) -> bool:
    """Whether an entry is a member of the project itself."""
    source = _table(entry.get("source"))
    return "virtual" in source or source.get("editable") == "."


def _poetry(table: Table, path: Path, markers: Mapping[str, str]) -> Iterator[Wishes]:
    # Until 1.4 the digests of all packages stood together.
    together = _table(_table(table.get("metadata")).get("files"))
    for entry in _tables(table.get("package")):
        name, source = _text(entry.get("name")), _table(entry.get("source"))
        if entry.get("optional") is True or not _any_applies(_poetry_markers(entry.get("markers")), markers):
            continue
        kind = source.get("type")
        if kind in {"directory", "file"}:
            yield _on_disk(path, name, _text(source.get("url")))
        elif kind == "git":
            yield _elsewhere(path, name)
        else:
            files = _tables(entry.get("files")) or _tables(together.get(name))
            digests = [_text(file.get("hash")) for file in files]
            if kind == "url":
                yield _located(path, name, _text(source.get("url")), digests)
            else:
                yield _pinned(path, name, _text(entry.get("version")), digests)


def _poetry_markers(value: object) -> list[str]:
    """One text, or since 2.0 one a group."""
    return _texts(value) if not isinstance(value, dict) else _texts(list(value.values()))


def _pipfile(table: Table, path: Path, markers: Mapping[str, str]) -> Iterator[Wishes]:
    seen: set[str] = set()
    for section in ("default", "develop"):
        for name, entry in _table(table.get(section)).items():
            if name in seen or not isinstance(entry, Mapping) or not _applies(_text(entry.get("markers")), markers):
                continue
            seen.add(name)
            version = _text(entry.get("version"))
            if entry.get("path"):
                yield _on_disk(path, name, _text(entry["path"]))
            elif entry.get("file"):
                yield _located(path, name, _text(entry["file"]), _texts(entry.get("hashes")))
            elif version.startswith("=="):
                yield _pinned(path, name, version.lstrip("="), _texts(entry.get("hashes")))
            else:
                yield _elsewhere(path, name)


_READERS: Final[Mapping[str, Callable[[Table, Path, Mapping[str, str]], Iterator[Wishes]]]] = {
    "pylock.toml": _pylock,
    "uv.lock": _uv,
    "poetry.lock": _poetry,
    "Pipfile.lock": _pipfile,
}


def _pinned(path: Path, name: str, version: str, digests: list[str]) -> Wishes:
    place = f"{path}: {name}"
    try:
        requirement = Requirement(f"{name}=={Version(version)}")
    except (InvalidRequirement, InvalidVersion) as error:
        raise RequirementsError(place, f"'{version}' is no version") from error
    return Wishes((Wanted(requirement, digests_of(digests, place), place),), is_complete=True)


def _on_disk(lock: Path, name: str, text: str) -> Wishes:
    path = lock.parent / text
    if path.is_dir():
        return Wishes(folders=(path,), is_complete=True)
    return Wishes(archives=(path,), is_complete=True) if path.is_file() else _elsewhere(lock, name)


def _located(lock: Path, name: str, url: str, digests: list[str]) -> Wishes:
    if not is_archive_url(url):
        return _elsewhere(lock, name)
    place = f"{lock}: {name}"
    return Wishes(located=(Located(name, url.partition("#")[0], digests_of(digests, place), place),), is_complete=True)


def _elsewhere(lock: Path, name: str) -> Wishes:
    return Wishes(left_out=(f"{name} ({lock}), which is on no index",), is_complete=True)


def _applies(marker: str, markers: Mapping[str, str], *, groups: frozenset[str] = frozenset()) -> bool:
    """Whether a marker holds; one that asks for what is not known here is taken to hold."""
    if not marker:
        return True
    try:
        known: dict[str, str | frozenset[str]] = {
            **markers,
            "extra": "",
            "extras": frozenset(),
            "dependency_groups": groups,
        }
        return Marker(marker).evaluate(known, context="lock_file")
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def _any_applies(texts: list[str], markers: Mapping[str, str]) -> bool:
    return not texts or any(_applies(text, markers) for text in texts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Table]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
