"""The environment that a project runs in, read from its folder: pyvenv.cfg and where packages lie. Nothing of it runs.

Sources: PEP 405 and the documentation of the modules venv, site and sysconfig.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.errors import NotAnEnvironmentError

CONFIG_FILE: Final = "pyvenv.cfg"
# Where people keep the environment of a project, and the variables in which shells keep the active one.
_USUAL: Final = (".venv", "venv", "env")
_ACTIVE: Final = ("VIRTUAL_ENV", "CONDA_PREFIX")

_INFO_SUFFIXES: Final = (".dist-info", ".egg-info", ".egg-link")
# The most of a configuration file that is looked at.
MAX_TEXT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Environment:
    """Folders of installed packages, in the order in which they are searched, and the Python that they are for.

    `python` is MAJOR.MINOR, None where nothing says it; `library` the standard library of that Python, None where it
    is not there. `notices` say in words what was left out.
    """

    folder: Path
    python: str | None
    library: Path | None
    sites: tuple[Path, ...]
    notices: tuple[str, ...] = ()


def read_environment(folder: Path) -> Environment:
    """The environment in a folder: of venv, virtualenv, uv or conda, a Python's prefix, or a `pip install --target`.

    Raises NotAnEnvironmentError.
    """
    if not folder.is_dir():
        raise NotAnEnvironmentError(str(folder), "there is no such folder")
    config = _config(folder / CONFIG_FILE)
    version = _version(config.get("version") or config.get("version_info") or "") or _newest(folder)
    sites = _sites(folder, version) or _system_sites(folder, version)
    if not sites:
        if _holds_packages(folder):
            return Environment(folder, None, None, (folder,))
        raise NotAnEnvironmentError(str(folder), "it has no site-packages")
    home = config.get("home")
    prefix = folder if home is None else _prefix(Path(home))
    notices: list[str] = []
    if config.get("include-system-site-packages", "").lower() == "true":
        system = [] if home is None else _system_sites(prefix, version)
        sites = _distinct([*sites, *system])
        if not system:
            notices.append(f"{folder.name} includes the packages of the system's Python, which are not there")
    return Environment(folder, version, _library(prefix, version), tuple(sites), tuple(notices))


def usual_folders(place: Path) -> tuple[Path, ...]:
    """The folders in a project's in which it may keep an environment, as far as they are there."""
    return tuple(place / name for name in _USUAL if (place / name).is_dir())


def usual_environments(places: Iterable[Path], environ: Mapping[str, str]) -> Iterator[Environment]:
    """The environments in the folders of a project, then the active ones."""
    folders = [place / name for place in places for name in _USUAL]
    folders += [Path(environ[name]) for name in _ACTIVE if environ.get(name)]
    for folder in _distinct(folders):
        try:
            yield read_environment(folder)
        except NotAnEnvironmentError:
            continue


def small_text(path: Path, *, most: int = MAX_TEXT_BYTES) -> str:
    """The first `most` bytes of a text file that says how things are installed; '' when it cannot be read."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            return stream.read(most).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _config(path: Path) -> dict[str, str]:
    """As the module site reads it: `key = value` lines, keys in any case."""
    pairs = (line.partition("=") for line in small_text(path).splitlines())
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _version(text: str) -> str | None:
    match = re.match(r"(\d+)\.(\d+)", text)
    return f"{match[1]}.{match[2]}" if match else None


def _newest(folder: Path) -> str | None:
    """The newest Python that a prefix has packages for, where no configuration names it."""
    found = [
        (int(match[1]), int(match[2]))
        for path in _listed(folder / "lib", "python*.*")
        if (match := re.fullmatch(r"python(\d+)\.(\d+)", path.name)) and (path / "site-packages").is_dir()
    ]
    return ".".join(map(str, max(found))) if found else None


def _sites(prefix: Path, version: str | None) -> list[Path]:
    names = [f"{kind}{version}" for kind in ("python", "pypy")] if version else []
    places = [prefix / lib / name / "site-packages" for lib in ("lib", "lib64") for name in names]
    return _distinct([*places, prefix / "Lib" / "site-packages"])


def _system_sites(prefix: Path, version: str | None) -> list[Path]:
    """Those of an installed Python; Debian's has folders of its own, one of them below /usr/local."""
    debian = [prefix / "local" / "lib" / f"python{version}" / "dist-packages", prefix / "lib/python3/dist-packages"]
    return _distinct([*_sites(prefix, version), *debian])


def _distinct(folders: Sequence[Path]) -> list[Path]:
    """Those that are there, each once, whatever links lead to it."""
    found: dict[Path, Path] = {}
    for folder in folders:
        try:
            if folder.is_dir():
                found.setdefault(folder.resolve(), folder)
        except (OSError, ValueError, RuntimeError):
            continue
    return list(found.values())


def _holds_packages(folder: Path) -> bool:
    return any(path.name.endswith(_INFO_SUFFIXES) for path in _listed(folder, "*"))


def _prefix(home: Path) -> Path:
    """`home` is the folder of the interpreter: `bin` below the prefix, or on Windows the prefix itself."""
    return home.parent if home.name in {"bin", "Scripts"} else home


def _library(prefix: Path, version: str | None) -> Path | None:
    for place in (prefix / "lib" / f"python{version}", prefix / "Lib"):
        if version is not None and (place / "os.py").is_file():
            return place
    return None


def _listed(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []
