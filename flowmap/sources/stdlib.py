"""The standard library whose source is read: the running Python's, or one in a folder. It is never imported."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flowmap.errors import StandardLibraryError
from flowmap.sources.directory import list_files
from flowmap.sources.tree import SOURCE_SUFFIX, Files

# Folders of a library that no program under study runs through.
EXCLUDED = frozenset(
    (
        "__pycache__",
        "site-packages",
        "dist-packages",
        "lib-dynload",
        "ensurepip",
        "idlelib",
        "idle_test",
        "turtledemo",
        "lib2to3",
        "lib-tk",
        "test",
        "tests",
    )
)
# Modules that every library since 2.5 has as source.
_LANDMARKS = ("os.py", "threading.py", "functools.py")


@dataclass(frozen=True, slots=True)
class StandardLibrary:
    """Its files, and which Python it belongs to: '3.11'."""

    version: str
    files: Files = field(repr=False, compare=False)


def standard_library(folder: Path | None = None) -> StandardLibrary:
    """The library in a folder, or that of the running Python. Raises StandardLibraryError."""
    if folder is None:
        root = Path(sysconfig.get_path("stdlib"))
        version: str | None = f"{sys.version_info.major}.{sys.version_info.minor}"
    else:
        root = folder
        version = library_version(folder)
    missing = [name for name in _LANDMARKS if not (root / name).is_file()]
    if missing:
        raise StandardLibraryError(str(root), f"it has no {missing[0]}")
    if version is None:
        raise StandardLibraryError(str(root), "nothing in it says to which version of Python it belongs")
    return StandardLibrary(version, list_files(root, lambda path: path.endswith(SOURCE_SUFFIX), skip=EXCLUDED))


def library_version(folder: Path) -> str | None:
    """MAJOR.MINOR of the Python a library belongs to, from what it says about itself, the surest first."""
    for find in _CLUES:
        found = find(folder)
        if found is not None:
            return found
    return None


def _from_build_settings(folder: Path) -> str | None:
    """A built Python on Unix keeps its Makefile's variables beside the library."""
    for path in sorted(folder.glob("_sysconfigdata*.py")):
        match = re.search(r"""["']VERSION["']\s*:\s*["'](\d+\.\d+)["']""", _text(path))
        if match:
            return match.group(1)
    return None


def _from_headers(folder: Path) -> str | None:
    """A checkout of Python has its headers beside `Lib`; an installation on Windows has them in `include`."""
    for header in ("../Include/patchlevel.h", "../include/patchlevel.h"):
        text = _text(folder / header)
        major = re.search(r"#define\s+PY_MAJOR_VERSION\s+(\d+)", text)
        minor = re.search(r"#define\s+PY_MINOR_VERSION\s+(\d+)", text)
        if major and minor:
            return f"{major.group(1)}.{minor.group(1)}"
    return None


def _from_folder_name(folder: Path) -> str | None:
    match = re.fullmatch(r"(?:lib-)?(?:python|pypy)-?(\d+\.\d+)\w*", folder.resolve().name, re.IGNORECASE)
    return match.group(1) if match else None


def _from_tags(folder: Path) -> str | None:
    """Extension modules and byte code carry the interpreter's tag (PEP 3147): `os.cpython-311.pyc`."""
    for place in ("lib-dynload", "__pycache__"):
        for path in sorted((folder / place).glob("*.cpython-*")):
            match = re.search(r"\.cpython-(\d)(\d+)", path.name)
            if match:
                return f"{match.group(1)}.{match.group(2)}"
    return None


def _from_magic_numbers(folder: Path) -> str | None:
    """importlib lists the magic number of each version that came before (3.3 to 3.13)."""
    listed = re.findall(
        r"^#\s+Python (\d)\.(\d+)\w* ", _text(folder / "importlib/_bootstrap_external.py"), re.MULTILINE
    )
    versions = [(int(major), int(minor)) for major, minor in listed]
    return ".".join(map(str, max(versions))) if versions else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


_CLUES: tuple[Callable[[Path], str | None], ...] = (
    _from_build_settings,
    _from_headers,
    _from_folder_name,
    _from_tags,
    _from_magic_numbers,
)
