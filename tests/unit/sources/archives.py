"""Makes the wheels, sdists and indexes that the tests of sources/ read; nothing of them is ever installed."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def wheel(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str] | None = None,
    *,
    requires: Iterable[str] = (),
    requires_python: str = "",
    tag: str = "py3-none-any",
) -> Path:
    """A wheel with a package of that name, unless `files` says what is in it."""
    module = name.lower().replace("-", "_")
    info = f"{module}-{version}.dist-info"
    contents = dict(files if files is not None else {f"{module}/__init__.py": f"version = '{version}'\n"})
    contents[f"{info}/METADATA"] = metadata(name, version, requires, requires_python)
    contents[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in contents)
    path = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in contents.items():
            archive.writestr(member, text)
    return path


def sdist(folder: Path, name: str, version: str, files: Mapping[str, str], *, pkg_info: str | None = None) -> Path:
    """A `.tar.gz` with everything in one folder."""
    contents = {"PKG-INFO": pkg_info if pkg_info is not None else metadata(name, version), **files}
    return tar(
        folder / f"{name}-{version}.tar.gz", {f"{name}-{version}/{path}": text for path, text in contents.items()}
    )


def metadata(name: str, version: str, requires: Iterable[str] = (), requires_python: str = "") -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    return "\n".join([*lines, "", "Name: not-a-header", ""])


def tar(path: Path, files: Mapping[str, str | bytes | tarfile.TarInfo], mode: str = "w:gz") -> Path:
    """A tar of texts, or of members of another kind under whatever name they carry."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # the mode decides the overload
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            data = content if isinstance(content, bytes) else content.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member that is no regular file."""
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member


@dataclass
class FileIndex:
    """A simple index (PEP 503) in a folder, with the digests of its files."""

    folder: Path
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return (self.folder / "simple").as_uri()

    @property
    def files(self) -> Path:
        (self.folder / "files").mkdir(parents=True, exist_ok=True)
        return self.folder / "files"

    def publish(self, name: str, *archives: Path, digest: str | None = None, attributes: str = "") -> None:
        """Lists archives of `files` under a package; `digest` replaces the true one, `attributes` follow the link."""
        page = self.folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        for archive in archives:
            sha256 = digest or hashlib.sha256(archive.read_bytes()).hexdigest()
            line = f'<a href="../../files/{archive.name}#sha256={sha256}" {attributes}>{archive.name}</a>\n'
            page.write_text((page.read_text() if page.exists() else "<!DOCTYPE html>\n") + line)

    def withdraw(self) -> None:
        """Nothing is to be had any more."""
        self.folder.rename(self.folder.with_name("gone"))
