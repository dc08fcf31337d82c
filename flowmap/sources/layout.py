"""Where in an archive or folder the importable packages are, and what they are called.

A wheel or an installed distribution is laid out as it is imported. An sdist or a checkout has its packages at its
top, in `src/` or beside its egg-info, among folders that are no part of the distribution.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from flowmap.errors import AmbiguousFolderError, NoPackageError
from flowmap.sources.files import SelectedFiles
from flowmap.sources.metadata import (
    UNKNOWN_VERSION,
    VERSION_FILES,
    ReleaseMetadata,
    assigned_version,
    read_metadata,
)
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import PACKAGE_FILE, Files

SOURCE_SUFFIXES = (".py", ".py-tpl")
METADATA_NAMES = frozenset(
    {"METADATA", "PKG-INFO", "RECORD", "top_level.txt", "requires.txt", "pyproject.toml", "setup.cfg"}
)
NOTICE_PREFIXES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")

# Folders beside a package that hold Python files and are not installed with it.
_BESIDE = frozenset(
    (
        "bench",
        "benchmarks",
        "build",
        "debian",
        "demo",
        "demos",
        "dist",
        "doc",
        "docs",
        "example",
        "examples",
        "extras",
        "js_tests",
        "misc",
        "requirements",
        "samples",
        "script",
        "scripts",
        "test",
        "testing",
        "tests",
        "tools",
    )
)
_BESIDE_FILES = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "ez_setup.py"})
_SOURCE_FOLDERS = ("", "src", "lib", "python")


@dataclass(frozen=True, slots=True)
class Layout:
    """What was found. `sources` and `notices` map the path seen from the import root to the path in the files."""

    metadata: ReleaseMetadata
    packages: tuple[str, ...]
    sources: dict[str, str]
    notices: dict[str, str]
    # What an egg-info says: a checkout's may be of an older version.
    left_behind: ReleaseMetadata = field(default_factory=ReleaseMetadata)


def is_source(path: str) -> bool:
    """Python source, or a template of it."""
    return path.endswith(SOURCE_SUFFIXES)


def is_kept(path: str) -> bool:
    """Source, metadata and licence: the only members of an archive whose content is looked at."""
    folder, _, name = path.rpartition("/")
    if is_source(path) or name in METADATA_NAMES:
        return True
    return name.startswith(NOTICE_PREFIXES) and (folder.count("/") == 0 or ".dist-info/" in path)


def find_layout(
    files: Files, where: str, *, prefer: Collection[str] = (), package: str | None = None, file_name: str = ""
) -> Layout:
    """The layout of an archive's kept members or of a folder.

    `where` names it in errors; `prefer` says which distribution is meant when a folder holds several (canonical
    names); `package` is the one package meant, around which there may be metadata of something else; `file_name` is
    an archive's name, believed where there is no metadata. Raises NoPackageError and AmbiguousFolderError.
    """
    paths = files.paths()
    infos = sorted({path.split("/")[0] for path in paths if path.partition("/")[0].endswith(".dist-info")})
    found = _installed(files, _chosen(infos, where, prefer)) if infos else _unbuilt(files, where)
    if not found.packages:
        raise NoPackageError(where, "it has no Python files that could be imported")
    if package is not None and not infos and canonical_name(found.metadata.name) != canonical_name(package):
        found = Layout(ReleaseMetadata(), found.packages, found.sources, found.notices)
    return Layout(_completed(found, files, file_name), found.packages, found.sources, found.notices)


def _chosen(infos: Sequence[str], where: str, prefer: Collection[str]) -> str:
    if len(infos) == 1:
        return infos[0]
    names = {canonical_name(info.partition("-")[0]): info for info in infos}
    meant = sorted(name for name in names if name in prefer)
    if len(meant) != 1:
        raise AmbiguousFolderError(where, meant or sorted(names))
    return names[meant[0]]


def _installed(files: Files, info: str) -> Layout:
    """A wheel's contents, or one distribution of a site-packages folder, which its RECORD tells from the others."""
    paths = files.paths()
    several = sum(path.count("/") == 1 and path.endswith(".dist-info/METADATA") for path in paths) > 1
    recorded = _recorded(files, info) if several else None
    sources: dict[str, str] = {}
    notices: dict[str, str] = {}
    for path in paths:
        top = path.partition("/")[0]
        if top == info:
            if path.rpartition("/")[2].startswith(NOTICE_PREFIXES):
                notices[path.rpartition("/")[2]] = path
        elif is_source(path) and (recorded is None or path in recorded):
            seen = _installed_path(path)
            if seen is not None:
                sources.setdefault(seen, path)
    return Layout(_metadata(files, [f"{info}/METADATA"]), _tops(sources), sources, notices)


def _recorded(files: Files, info: str) -> frozenset[str] | None:
    try:
        lines = _text(files, f"{info}/RECORD").splitlines()
    except KeyError:
        return None
    return frozenset(line.split(",")[0].strip('"') for line in lines)


def _installed_path(path: str) -> str | None:
    """Where an installer puts a member of a wheel: of `NAME.data` only the schemes that are imported."""
    parts = path.split("/")
    if not parts[0].endswith(".data"):
        return path if "/" in path or path.endswith(".py") else None
    return "/".join(parts[2:]) if len(parts) > 2 and parts[1] in {"purelib", "platlib"} else None


def _unbuilt(files: Files, where: str) -> Layout:
    """An sdist or a checkout, whose packages have to be looked for."""
    paths = files.paths()
    top = _common_folder(paths)
    inside = [path.removeprefix(top) for path in paths]
    eggs = [path.rpartition("/")[0] for path in inside if path.endswith(".egg-info/PKG-INFO") and path.count("/") < 3]
    metadata = _metadata(files, [top + name for name in ("PKG-INFO", "pyproject.toml", "setup.cfg")])
    built = [f"{egg}/{name}" for egg in eggs for name in ("requires.txt", "PKG-INFO")]
    left = _metadata(files, [top + name for name in ("setup.py", *built)])
    told = _told(files, top, eggs)
    folder, packages = _packages(inside, told, metadata.name or left.name)
    prefix = f"{folder}/" if folder else ""
    sources = {}
    for path in inside:
        seen = path.removeprefix(prefix)
        if path.startswith(prefix) and is_source(path) and seen.partition("/")[0].removesuffix(".py") in packages:
            sources[seen] = top + path
    if not sources:
        raise NoPackageError(where, "none of its folders holds an __init__.py")
    notices = {path: top + path for path in inside if "/" not in path and path.startswith(NOTICE_PREFIXES)}
    return Layout(metadata, _tops(sources), sources, notices, left)


def _common_folder(paths: Sequence[str]) -> str:
    """The one folder in which an sdist has everything; '' when there is none or when it is the package itself."""
    firsts = {path.partition("/")[0] for path in paths}
    if len(firsts) != 1 or not all("/" in path for path in paths):
        return ""
    first = next(iter(firsts))
    return "" if f"{first}/{PACKAGE_FILE}" in paths else f"{first}/"


def _told(files: Files, top: str, eggs: Sequence[str]) -> dict[str, list[str]]:
    """Top-level names by the folder they are in, from the top_level.txt of an egg-info."""
    told: dict[str, list[str]] = {}
    for egg in eggs:
        try:
            names = _text(files, f"{top}{egg}/top_level.txt").split()
        except KeyError:
            continue
        told.setdefault(egg.rpartition("/")[0], []).extend(names)
    return told


def _packages(paths: Sequence[str], told: dict[str, list[str]], name: str) -> tuple[str, frozenset[str]]:
    """The folder that is the import root, and the top-level names in it."""
    for folder in dict.fromkeys((*told, *_SOURCE_FOLDERS)):
        here = [path.removeprefix(f"{folder}/") if folder else path for path in paths if _is_below(path, folder)]
        named = frozenset(told.get(folder, ()))
        present = frozenset(path.partition("/")[0].removesuffix(".py") for path in here if path.endswith(".py"))
        if named & present:
            return folder, named & present
        packages = frozenset(
            path.partition("/")[0] for path in here if path.endswith(PACKAGE_FILE) and path.count("/") == 1
        )
        if packages - _BESIDE:
            return folder, packages - _BESIDE
        module = canonical_name(name).replace("-", "_") if name else ""
        modules = frozenset(path[:-3] for path in here if "/" not in path and path.endswith(".py"))
        if module in modules and f"{module}.py" not in _BESIDE_FILES:
            return folder, frozenset({module})
    return "", frozenset()


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _tops(sources: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({path.partition("/")[0].removesuffix(".py") for path in sources if path.endswith(".py")}))


def _completed(found: Layout, files: Files, file_name: str) -> ReleaseMetadata:
    """The metadata, with a name and a version from wherever one can be had."""
    named = _from_file_name(file_name)
    visible = SelectedFiles(files, found.sources)
    assigned = ""
    for package in found.packages:
        for name in VERSION_FILES:
            if not assigned and f"{package}/{name}" in found.sources:
                assigned = assigned_version(_text(visible, f"{package}/{name}"))
    known = found.metadata
    for other in (
        named,
        ReleaseMetadata(version=assigned),
        found.left_behind,
        ReleaseMetadata(found.packages[0], UNKNOWN_VERSION),
    ):
        known = known.filled_from(other)
    return known


def _from_file_name(file_name: str) -> ReleaseMetadata:
    if file_name.endswith(".whl"):
        parts = file_name.split("-")
        return ReleaseMetadata(parts[0], parts[1]) if len(parts) > 4 else ReleaseMetadata()
    stem = file_name
    for suffix in (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".zip"):
        stem = stem.removesuffix(suffix)
    name, dash, version = stem.rpartition("-")
    return ReleaseMetadata(name, version) if dash and stem != file_name and version[:1].isdigit() else ReleaseMetadata()


def _metadata(files: Files, order: Sequence[str]) -> ReleaseMetadata:
    present = frozenset(files.paths())
    return read_metadata({path: partial(_text, files, path) for path in order if path in present}, order)


def _text(files: Files, path: str) -> str:
    return files.read(path).decode("utf-8", "replace")
