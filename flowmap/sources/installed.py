"""The packages that are installed in an environment, as roots of a source tree. Read as Python would find them.

A folder of installed packages is one root: what is in no RECORD can be imported as well. The distribution under study
is taken out of it and stands for itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from flowmap.errors import AmbiguousFolderError, NoPackageError, TooManyFilesError, UnreadableSourceError
from flowmap.names import Origin
from flowmap.sources.directory import DirectoryFiles, list_files
from flowmap.sources.distribution import Distribution
from flowmap.sources.entries import Entries
from flowmap.sources.environment import Environment, small_text
from flowmap.sources.fetch import folder_distribution
from flowmap.sources.files import SelectedFiles
from flowmap.sources.layout import NOTICE_PREFIXES, is_source
from flowmap.sources.licences import Licence, LicenceOf, by_owner
from flowmap.sources.metadata import UNKNOWN_VERSION, ReleaseMetadata, core_metadata, egg_requires
from flowmap.sources.site_paths import Mount, SitePaths, editable_folder, site_paths
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import PACKAGE_FILE, Files, Root, content_digest

# Folders of installed packages are larger than any project.
MAX_INSTALLED_FILES: Final = 400_000
MAX_RECORD_BYTES: Final = 1 << 25
DIGESTS_FOLDER: Final = "digests"
MOST_DIGEST_BYTES: Final = 1 << 20

# File systems keep times in steps of up to two seconds: what changed within them may change again unseen.
_SETTLED_NS: Final = 2_000_000_000
_SKIPPED: Final = frozenset({"__pycache__", "node_modules"})


class InstalledFiles(DirectoryFiles):
    """Files of a folder that seldom change and are many: their digest is remembered by what the system says of them.

    A file that is written, replaced or renamed gets a new change time, which no program can set; so the same names,
    sizes, times and inodes are the same contents. Times that are younger than the steps they are kept in prove
    nothing, and are not remembered.
    """

    __slots__ = ("_known",)

    def __init__(self, root: Path, paths: Sequence[str], known: Entries) -> None:
        super().__init__(root, paths)
        self._known = known

    @property
    def root(self) -> Path:
        return self._root

    def without(self, paths: Collection[str]) -> InstalledFiles:
        """These files but for some."""
        left_out = frozenset(paths)
        kept = [path for path in self.paths() if path not in left_out]
        return InstalledFiles(self._root, kept, self._known)

    def digest(self) -> str:
        """The SHA-256 over all paths and contents, in hex, as `content_digest` has it."""
        stamp, is_settled = self._stamp()
        found = self._known.load(stamp)
        if found is not None:
            return found.decode("ascii", "replace")
        digest = content_digest(DirectoryFiles(self._root, self.paths()))
        if is_settled and self._stamp()[0] == stamp:
            self._known.store(stamp, digest.encode())
        return digest

    def _stamp(self) -> tuple[str, bool]:
        total = hashlib.sha256(f"{self._root.resolve()}\0".encode("utf-8", "surrogateescape"))
        newest = 0
        for path in self.paths():
            try:
                found = (self._root / path).stat()
            except OSError:
                total.update(f"{path}\0gone\0".encode())
                continue
            newest = max(newest, found.st_ctime_ns, found.st_mtime_ns)
            times = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_dev} {found.st_ino}"
            total.update(f"{path}\0{times}\0".encode())
        return total.hexdigest(), newest + _SETTLED_NS < time.time_ns()


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution that lies in a site folder: `info` is the name of its `.dist-info`, `.egg-info` or `.egg-link`."""

    name: str
    site: Path
    info: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A root that an environment adds, and the folder or file that it is of."""

    place: Path
    root: Root = field(repr=False)


@dataclass(frozen=True, slots=True)
class InstalledPackages:
    """All that is importable in an environment. `by_name` has its distributions by canonical name."""

    by_name: Mapping[str, Installed]
    sites: tuple[InstalledFiles, ...] = field(repr=False)
    elsewhere: tuple[Elsewhere, ...] = ()
    notices: tuple[str, ...] = ()

    def distribution(self, name: str) -> Distribution | None:
        """A distribution by its name; None when it is not installed, or none of its source is there."""
        found = self.by_name.get(canonical_name(name))
        if found is None:
            return None
        folder = editable_folder(found.site, found.info)
        if folder is not None:
            return folder_distribution(folder, (name,))
        files = self._site_of(found)
        sources = _sources(found, files.paths())
        if not any(path.endswith(".py") for path in sources):
            return None
        selected = SelectedFiles(files, {path: path for path in sources})
        known = _metadata(found)
        return Distribution(
            known.name or found.name,
            known.version or UNKNOWN_VERSION,
            content_digest(selected),
            _tops(sources),
            known.requires,
            known.requires_python,
            selected,
            _notices(found),
        )

    def owner(self, files: InstalledFiles, package: str) -> Distribution | None:
        """The distribution that brought a package; None when none of those that are installed there says so."""
        for each in self.by_name.values():
            if each.site == files.root and f"{package}/{PACKAGE_FILE}" in _sources(each, files.paths()):
                return self.distribution(each.name)
        return None

    def version(self, name: str) -> str | None:
        """The version of a distribution; None when it is not installed."""
        found = self.by_name.get(canonical_name(name))
        return None if found is None else _metadata(found).version

    def all_roots(self, *, without: Iterable[str] = ()) -> tuple[Root, ...]:
        """The roots of the environment, less the files of some distributions."""
        left_out: dict[int, set[str]] = {}
        checkouts: list[Path] = []
        for name in without:
            found = self.by_name.get(canonical_name(name))
            if found is not None:
                files = self._site_of(found)
                left_out.setdefault(id(files), set()).update(_sources(found, files.paths()))
                folder = editable_folder(found.site, found.info)
                checkouts += [] if folder is None else [folder]
        sites = [files.without(left_out[id(files)]) if id(files) in left_out else files for files in self.sites]
        added = [
            each.root for each in self.elsewhere if not any(each.place.is_relative_to(folder) for folder in checkouts)
        ]
        return (*(Root(Origin.DEPENDENCY, files, self._licences(files)) for files in sites), *added)

    def _licences(self, files: InstalledFiles) -> LicenceOf:
        def owners() -> dict[str, str]:
            own = (each for each in self.by_name.values() if each.site == files.root)
            return {path: each.name for each in own for path in _sources(each, files.paths())}

        return by_owner(owners, self._licence)

    def _licence(self, name: str) -> Licence | None:
        found = self.distribution(name)
        return None if found is None else found.licence()

    def _site_of(self, found: Installed) -> InstalledFiles:
        return next(files for files in self.sites if files.root == found.site)


def installed_packages(environment: Environment, known: Entries, *, project: Path) -> InstalledPackages:
    """What is installed in an environment. Folders below `project` that it adds are the project's own.

    `known` keeps digests. Raises UnreadableSourceError and TooManyFilesError for the site folders themselves.
    """
    by_name: dict[str, Installed] = {}
    sites: list[InstalledFiles] = []
    added: list[SitePaths] = []
    for site in environment.sites:
        listed = list_files(site, is_source, skip=_SKIPPED, most=MAX_INSTALLED_FILES)
        sites.append(InstalledFiles(site, listed.paths(), known))
        for found in _installed(site):
            by_name.setdefault(found.name, found)
        added.append(site_paths(site))
    notices = list(environment.notices)
    elsewhere = tuple(_elsewhere(environment.sites, added, by_name.values(), project, notices))
    code = sorted({name for each in added for name in each.code})
    if code:
        notices.append(f"code in .pth files of {environment.folder.name} was not run: {', '.join(code)}")
    return InstalledPackages(by_name, tuple(sites), elsewhere, tuple(notices))


def _installed(site: Path) -> Iterator[Installed]:
    try:
        names = sorted(path.name for path in site.iterdir())
    except OSError:
        return
    for name in names:
        stem, _, suffix = name.rpartition(".")
        if suffix in {"dist-info", "egg-info", "egg-link"} and name.isprintable():
            yield Installed(canonical_name(stem.partition("-")[0] if suffix != "egg-link" else stem), site, name)


def _metadata(found: Installed) -> ReleaseMetadata:
    place = found.site / found.info
    stem = found.info.removesuffix(".dist-info").removesuffix(".egg-info")
    named = ReleaseMetadata(version=stem.partition("-")[2].partition("-")[0])
    if found.info.endswith(".dist-info"):
        return core_metadata(small_text(place / "METADATA")).filled_from(named)
    # An egg-info is a folder, or the file itself.
    known = core_metadata(small_text(place / "PKG-INFO") or small_text(place))
    requires = ReleaseMetadata(requires=egg_requires(small_text(place / "requires.txt")))
    return known.filled_from(requires).filled_from(named)


def _sources(found: Installed, paths: Sequence[str]) -> list[str]:
    """The source files that a distribution brought: those it records, else those of the packages that it names."""
    info = found.site / found.info
    record = small_text(info / "RECORD", most=MAX_RECORD_BYTES) or small_text(
        info / "installed-files.txt", most=MAX_RECORD_BYTES
    )
    if record:
        prefix = "../" if found.info.endswith(".egg-info") else ""
        recorded = {line.split(",")[0].strip('"').removeprefix(prefix) for line in record.splitlines()}
        return [path for path in paths if path in recorded]
    tops = set(small_text(info / "top_level.txt").split()) or {found.name.replace("-", "_")}
    return [path for path in paths if path.partition("/")[0].removesuffix(".py") in tops]


def _tops(sources: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({path.partition("/")[0].removesuffix(".py") for path in sources if path.endswith(".py")}))


def _notices(found: Installed) -> Files:
    info = found.site / found.info
    try:
        paths = sorted(path for path in info.rglob("*") if path.name.startswith(NOTICE_PREFIXES) and path.is_file())
    except OSError:
        paths = []
    selection = {path.name: path.relative_to(found.site).as_posix() for path in reversed(paths)}
    return SelectedFiles(DirectoryFiles(found.site, list(selection.values())), selection)


def _elsewhere(
    sites: Sequence[Path], added: Sequence[SitePaths], installed: Iterable[Installed], project: Path, notices: list[str]
) -> Iterator[Elsewhere]:
    """Roots that lie elsewhere: path lines, mapped packages, and editable installs that neither of them covers."""
    here = project.resolve()
    own = {site.resolve() for site in sites}
    folders = [folder for each in added for folder in each.roots if folder not in own]
    mounts = [mount for each in added for mount in each.mounts]
    reached = [*folders, *(mount.path for mount in mounts)]
    unreached: list[tuple[Path, str]] = []
    for each in installed:
        folder = editable_folder(each.site, each.info)
        if folder is not None and not any(path.is_relative_to(folder) for path in reached):
            unreached.append((folder, each.name))
    for folder in dict.fromkeys(folders):
        files = _tried(partial(list_files, folder, is_source), notices)
        if files is not None and folder != here:
            yield _root(folder, files, here)
    places: list[tuple[Path, Callable[[], Files]]] = [(mount.path, partial(_mounted, mount)) for mount in mounts]
    places += [(folder, partial(_laid_out, folder, name)) for folder, name in unreached]
    for place, list_ in places:
        files = _tried(list_, notices)
        if files is not None and files.paths():
            yield _root(place, files, here)


def _root(place: Path, files: Files, project: Path) -> Elsewhere:
    return Elsewhere(place, Root(Origin.PROJECT if place.is_relative_to(project) else Origin.DEPENDENCY, files))


def _mounted(mount: Mount) -> Files:
    """The files of a package seen under its dotted name."""
    inside = mount.name.replace(".", "/")
    if not mount.path.is_dir():
        path = mount.path if mount.path.suffix == ".py" else mount.path.with_name(f"{mount.path.name}.py")
        there = [path.name] if path.is_file() else []
        return SelectedFiles(DirectoryFiles(path.parent, there), {f"{inside}.py": name for name in there})
    files = list_files(mount.path, is_source)
    return SelectedFiles(files, {f"{inside}/{path}": path for path in files.paths()})


def _laid_out(folder: Path, name: str) -> Files:
    """The packages of a checkout that was installed to be edited in a way that nothing in the site folder tells."""
    return folder_distribution(folder, (name,)).files


def _tried(list_: Callable[[], Files], notices: list[str]) -> Files | None:
    """What an environment adds is as good as absent when it cannot be listed; the user is told."""
    try:
        return list_()
    except (TooManyFilesError, UnreadableSourceError, NoPackageError, AmbiguousFolderError) as error:
        notices.append(f"left out: {error.message}")
        return None
