"""What a requirements file asks for, as pip reads it: nested files, constraints, digests, options of the index.

Source: pip's documentation, "Requirements File Format".
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from flowmap.errors import RequirementsError
from flowmap.sources.config import IndexSettings
from flowmap.sources.target import ARCHIVE_SUFFIXES

# A file that nests deeper is one that somebody made to be so.
_MOST_FILES: Final = 200
_MOST_BYTES: Final = 1 << 24

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMENT: Final = re.compile(r"(^|\s+)#.*$")
_VARIABLE: Final = re.compile(r"\$\{([A-Z0-9_]+)\}")
_SHORT: Final = {"-r": "requirement", "-c": "constraint", "-e": "editable", "-i": "index-url", "-f": "find-links"}
_LONG: Final = {"pypi-url": "index-url"}
_FLAGS: Final = frozenset({"no-index", "pre", "require-hashes", "prefer-binary"})
_REMOTE: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
SHA256: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requirement, the SHA-256 digests that its archive may have (none: any), and the line that asks for it."""

    requirement: Requirement
    digests: frozenset[str] = frozenset()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """An archive at an address of its own; digests and place as above."""

    name: str
    url: str
    digests: frozenset[str] = frozenset()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a project asks for.

    `is_complete`: what is pinned here is all, what it depends on stands beside it. `folders` and `archives` are
    packages on disk. `left_out` says in words what can be had from no index. `options` are changes to the settings of
    the index, in the words of pip.
    """

    wanted: tuple[Wanted, ...] = ()
    constraints: tuple[Wanted, ...] = ()
    folders: tuple[Path, ...] = ()
    archives: tuple[Path, ...] = ()
    located: tuple[Located, ...] = ()
    left_out: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    is_complete: bool = False

    def __add__(self, other: Wishes) -> Wishes:
        return Wishes(
            self.wanted + other.wanted,
            self.constraints + other.constraints,
            self.folders + other.folders,
            self.archives + other.archives,
            self.located + other.located,
            self.left_out + other.left_out,
            self.options + other.options,
            self.is_complete and other.is_complete,
        )


def read_requirements(path: Path, environ: Mapping[str, str] = os.environ) -> Wishes:
    """What a requirements file and those that it names ask for. Raises RequirementsError."""
    return _Reader(environ).read(path, as_constraints=False)


def indexed(settings: IndexSettings, wishes: Wishes, *, own_index: bool) -> IndexSettings:
    """The settings with the options of requirements files; `own_index`: the command line has named an index."""
    for name, value in wishes.options:
        match name:
            case "index-url" if not own_index:
                settings = replace(settings, index_url=value, no_index=False)
            case "extra-index-url":
                settings = replace(settings, extra_index_urls=(*settings.extra_index_urls, value))
            case "find-links":
                settings = replace(settings, find_links=(*settings.find_links, value))
            case "trusted-host":
                settings = replace(settings, trusted_hosts=(*settings.trusted_hosts, value))
            case "no-index" if not own_index:
                settings = replace(settings, no_index=True, extra_index_urls=())
            case "pre":
                settings = replace(settings, prereleases=True)
            case _:
                pass
    return settings


def local_path(text: str, folder: Path) -> Path | None:
    """The path that a requirement means; None when it means none. `folder` is where relative ones begin."""
    text = text.partition("#")[0].strip()
    if text.lower().startswith("file:"):
        return Path(unquote(urlsplit(text).path))
    if _REMOTE.match(text) or " @ " in text:
        return None
    # Extras may follow the path: `-e .[dev]`.
    bare = re.sub(r"\[[\w\s,.-]*\]$", "", text.partition(";")[0].strip())
    is_path = bare.startswith((".", "/", "~")) or bare.lower().endswith(ARCHIVE_SUFFIXES) or os.sep in bare
    return folder / Path(bare).expanduser() if is_path else None


@dataclass(slots=True)
class _Reader:
    environ: Mapping[str, str]
    seen: set[tuple[Path, bool]] = field(default_factory=set)

    def read(self, path: Path, *, as_constraints: bool) -> Wishes:
        key = (path.resolve(), as_constraints)
        if key in self.seen:
            return Wishes()
        self.seen.add(key)
        if len(self.seen) > _MOST_FILES:
            raise RequirementsError(str(path), f"more than {_MOST_FILES} files name each other")
        total = Wishes()
        for number, line in _lines(_text(path)):
            expanded = _VARIABLE.sub(lambda match: self.environ.get(match[1], match[0]), line)
            total += self._line(path, f"{path}:{number}", expanded, as_constraints=as_constraints)
        return total

    def _line(self, path: Path, place: str, line: str, *, as_constraints: bool) -> Wishes:
        if not line.startswith("-"):
            return _asked(line, place, path.parent, as_constraints=as_constraints)
        name, value = _option(line, place)
        match name:
            case "requirement" | "constraint" if _REMOTE.match(value):
                return Wishes(left_out=(f"{value} ({place}), which is on the network",))
            case "requirement":
                return self.read(path.parent / value, as_constraints=as_constraints)
            case "constraint":
                return self.read(path.parent / value, as_constraints=True)
            case "editable":
                return _asked(value, place, path.parent, as_constraints=as_constraints)
            case "find-links" if not _REMOTE.match(value):
                return Wishes(options=((name, str(path.parent / value)),))
            case _:
                return Wishes(options=((name, value),))


def _asked(line: str, place: str, folder: Path, *, as_constraints: bool) -> Wishes:
    """One requirement with its options."""
    text, digests = _without_options(line, place)
    path = local_path(text, folder)
    if path is not None:
        if path.is_dir():
            return Wishes(folders=(path,))
        if path.is_file():
            return Wishes(archives=(path,))
        raise RequirementsError(place, f"there is nothing at '{text}'")
    if is_archive_url(text):
        url, _, fragment = text.partition("#")
        return Wishes(
            located=(Located(urlsplit(url).path.rpartition("/")[2], url, digests | _fragment(fragment), place),)
        )
    if _REMOTE.match(text):
        return Wishes(left_out=(f"{_shown(text)} ({place}), which is on no index",))
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise RequirementsError(place, str(error).splitlines()[0].rstrip(":")) from error
    if requirement.url:
        path = local_path(requirement.url, folder)
        if path is not None and path.exists():
            return Wishes(folders=(path,)) if path.is_dir() else Wishes(archives=(path,))
        if is_archive_url(requirement.url):
            url, _, fragment = requirement.url.partition("#")
            return Wishes(located=(Located(requirement.name, url, digests | _fragment(fragment), place),))
        return Wishes(left_out=(f"{requirement.name} ({place}), which is on no index",))
    wanted = (Wanted(requirement, digests, place),)
    return Wishes(constraints=wanted) if as_constraints else Wishes(wanted)


def is_archive_url(text: str) -> bool:
    """Whether a text is the address of a wheel or sdist."""
    parts = urlsplit(text)
    return parts.scheme.lower() in {"http", "https"} and parts.path.lower().endswith(ARCHIVE_SUFFIXES)


def _fragment(text: str) -> frozenset[str]:
    """The digest in the fragment of an address: `sha256=...`."""
    match = re.search(rf"{SHA256}=([0-9a-fA-F]{{64}})", text)
    return frozenset({match[1].lower()} if match else ())


def _without_options(line: str, place: str) -> tuple[str, frozenset[str]]:
    """The requirement alone, and the digests after it."""
    text, *options = re.split(r"\s+(?=--?[A-Za-z])", line)
    stated: list[str] = []
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            name, _, value = option.partition(" ")
        if name == "--hash":
            stated.append(value.strip())
    return text.strip(), digests_of(stated, place)


def digests_of(stated: list[str], place: str) -> frozenset[str]:
    """The SHA-256 digests among `algorithm:hex` texts. Raises RequirementsError when there are only others."""
    pairs = [text.partition(":") for text in stated]
    found = frozenset(value.strip().lower() for algorithm, _, value in pairs if algorithm.strip().lower() == SHA256)
    if stated and not found:
        raise RequirementsError(place, f"it states no {SHA256} digest, the one kind that is verified")
    return found


def _option(line: str, place: str) -> tuple[str, str]:
    """The name of an option and its value; ones that change nothing here come back as they are."""
    if line.startswith("--"):
        name, equals, value = line[2:].partition("=")
        if not equals or re.search(r"\s", name):
            name, _, value = line[2:].partition(" ")
    else:
        name, value = _SHORT.get(line[:2], line[:2]), line[2:].lstrip().removeprefix("=")
    name = _LONG.get(name, name)
    try:
        words = shlex.split(value) if name != "editable" else [value.strip()]
    except ValueError as error:
        raise RequirementsError(place, str(error).lower().rstrip(".")) from error
    if not words and name not in _FLAGS:
        raise RequirementsError(place, f"the option --{name} lacks its value")
    return name, words[0] if words else ""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first one: continued ones joined, comments and empty ones left out."""
    parts: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), 1):
        if not parts:
            start = number
        # A comment ends a continued line, whatever it ends with itself.
        bare = _COMMENT.sub("", line)
        if line.endswith("\\") and bare == line:
            parts.append(line[:-1])
            continue
        joined = "".join([*parts, bare]).strip()
        parts = []
        if joined:
            yield start, joined
    joined = "".join(parts).strip()
    if joined:
        yield start, joined


def _text(path: Path) -> str:
    content = read_bounded(path)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    return content.decode("utf-8", "replace")


def read_bounded(path: Path) -> bytes:
    """The content of a file that says what is required. Raises RequirementsError."""
    try:
        if not path.is_file():
            raise RequirementsError(str(path), "there is no such file")
        if path.stat().st_size > _MOST_BYTES:
            raise RequirementsError(str(path), f"it is larger than {_MOST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise RequirementsError(str(path), error.strerror or str(error)) from error


def _shown(url: str) -> str:
    """A URL without the user and password in it."""
    return re.sub(r"//[^/@\s]*@", "//", url)
