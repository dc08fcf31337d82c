"""Makes the environments that tests read: folders as venv and pip leave them. Nothing is installed, nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.unit.sources.archives import metadata


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def environment(folder: Path, python: str = "3.11", files: Mapping[str, str] | None = None, config: str = "") -> Path:
    """An environment with these files in its site-packages; returns its folder."""
    write(folder, {"pyvenv.cfg": f"home = /nowhere/bin\nversion = {python}.4\n{config}"})
    site(folder, python).mkdir(parents=True, exist_ok=True)
    write(site(folder, python), files or {})
    return folder


def site(folder: Path, python: str = "3.11") -> Path:
    return folder / "lib" / f"python{python}" / "site-packages"


def installed(name: str, version: str, files: Mapping[str, str], *requires: str) -> dict[str, str]:
    """The files of a distribution with its dist-info."""
    info = f"{name}-{version}.dist-info"
    record = "".join(f"{path},sha256=x,1\n" for path in files)
    return {**files, f"{info}/METADATA": metadata(name, version, requires), f"{info}/RECORD": record}
