from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowmap.errors import RequirementsError
from flowmap.sources.dependencies import marker_environment
from flowmap.sources.locks import lock_kind, read_lock
from flowmap.sources.requirements import Wishes

ONE, TWO = "1" * 64, "2" * 64
MARKERS = marker_environment("3.11", "linux")

UV = f"""
version = 1
[[package]]
name = "site"
source = {{ virtual = "." }}
dependencies = [{{ name = "tower", extra = ["stone"] }}, {{ name = "wine", marker = "sys_platform == 'win32'" }}]
[package.dev-dependencies]
dev = [{{ name = "debugger" }}, {{ name = "mine" }}, {{ name = "beside" }}]
[[package]]
name = "tower"
version = "5.2"
source = {{ registry = "https://x/simple" }}
dependencies = [{{ name = "gate", version = "3.1", source = {{ registry = "https://x/simple" }} }}]
sdist = {{ url = "https://x/tower.tar.gz", hash = "sha256:{ONE}", size = 1 }}
wheels = [{{ url = "https://x/tower.whl", hash = "sha256:{TWO}" }}]
[package.optional-dependencies]
stone = [{{ name = "quarry" }}]
moss = [{{ name = "garden" }}]
[[package]]
name = "gate"
version = "2.0"
source = {{ registry = "https://x/simple" }}
resolution-markers = ["python_full_version < '3.10'"]
[[package]]
name = "gate"
version = "3.1"
source = {{ registry = "https://x/simple" }}
resolution-markers = ["python_full_version >= '3.10'"]
dependencies = [{{ name = "tower" }}]
[[package]]
name = "quarry"
version = "1"
source = {{ registry = "https://x/simple" }}
[[package]]
name = "garden"
version = "1"
source = {{ registry = "https://x/simple" }}
[[package]]
name = "wine"
version = "1"
source = {{ registry = "https://x/simple" }}
[[package]]
name = "debugger"
version = "1"
source = {{ registry = "https://x/simple" }}
[[package]]
name = "mine"
version = "1"
source = {{ git = "https://x/mine.git?rev=1#1" }}
[[package]]
name = "beside"
version = "1"
source = {{ directory = "beside" }}
"""

POETRY = f"""
[[package]]
name = "tower"
version = "5.2"
optional = false
groups = ["main"]
files = [{{file = "tower.whl", hash = "sha256:{ONE}"}}, {{file = "tower.tar.gz", hash = "sha256:{TWO}"}}]
[package.dependencies]
gate = ">=3"
[[package]]
name = "gate"
version = "3.1"
optional = false
groups = ["main", "dev"]
markers = {{main = "python_version >= \\"3.8\\"", dev = "python_version < \\"3\\""}}
files = []
[[package]]
name = "wine"
version = "1"
optional = false
markers = "sys_platform == \\"win32\\""
[[package]]
name = "extra"
version = "1"
optional = true
[[package]]
name = "mine"
version = "1"
optional = false
[package.source]
type = "git"
url = "https://x/mine.git"
[[package]]
name = "beside"
version = "1"
optional = false
[package.source]
type = "directory"
url = "beside"
[[package]]
name = "mirrored"
version = "1"
optional = false
[package.source]
type = "legacy"
url = "https://mirror/simple"
[metadata]
lock-version = "1.1"
[metadata.files]
gate = [{{file = "gate.whl", hash = "sha256:{TWO}"}}]
"""

PIPFILE = {
    "_meta": {"sources": [{"url": "https://x/simple"}]},
    "default": {
        "tower": {"hashes": [f"sha256:{ONE}", f"sha256:{TWO}"], "index": "x", "version": "==5.2"},
        "wine": {"markers": "sys_platform == 'win32'", "version": "==1"},
        "mine": {"git": "https://x/mine.git", "ref": "1"},
        "beside": {"editable": True, "path": "./beside"},
    },
    "develop": {"tower": {"version": "==4.0"}, "debugger": {"version": "==1"}},
}

PYLOCK = f"""
lock-version = "1.0"
dependency-groups = ["dev"]
[[packages]]
name = "tower"
version = "5.2"
[packages.sdist]
name = "tower.tar.gz"
hashes = {{sha256 = "{ONE}"}}
[[packages.wheels]]
name = "tower.whl"
hashes = {{sha256 = "{TWO}", sha512 = "x"}}
[[packages]]
name = "wine"
version = "1"
marker = "sys_platform == 'win32'"
[[packages]]
name = "debugger"
version = "1"
marker = "'dev' in dependency_groups"
[[packages]]
name = "docs"
version = "1"
marker = "'docs' in dependency_groups"
[[packages]]
name = "mine"
vcs = {{type = "git", url = "https://x/mine.git", commit-id = "1"}}
[[packages]]
name = "beside"
directory = {{path = "beside", editable = true}}
"""


def read(tmp_path: Path, name: str, text: str) -> Wishes:
    (tmp_path / "beside").mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    return read_lock(tmp_path / name, MARKERS)


def pins(wishes: Wishes) -> dict[str, str]:
    return {each.requirement.name: str(each.requirement.specifier) for each in wishes.wanted}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("uv.lock", UV, {"tower": "==5.2", "gate": "==3.1", "quarry": "==1", "debugger": "==1"}),
        ("poetry.lock", POETRY, {"tower": "==5.2", "gate": "==3.1", "mirrored": "==1"}),
        ("Pipfile.lock", json.dumps(PIPFILE), {"tower": "==5.2", "debugger": "==1"}),
        ("pylock.dev.toml", PYLOCK, {"tower": "==5.2", "debugger": "==1"}),
    ],
)
def test_what_is_pinned_for_this_environment(name: str, text: str, expected: dict[str, str], tmp_path: Path) -> None:
    found = read(tmp_path, name, text)

    assert pins(found) == expected
    assert {each.digests for each in found.wanted if each.requirement.name == "tower"} == {frozenset({ONE, TWO})}
    assert found.left_out == (f"mine ({tmp_path / name}), which is on no index",)
    assert [path.resolve() for path in found.folders] == [tmp_path / "beside"]
    assert found.is_complete


def test_digests_that_stand_together(tmp_path: Path) -> None:
    found = read(tmp_path, "poetry.lock", POETRY)

    assert {each.requirement.name: each.digests for each in found.wanted}["gate"] == {TWO}


UV_URL = """
[[package]]
name = "s"
source = {{virtual = "."}}
dependencies = [{{name = "a"}}]
[[package]]
name = "a"
version = "1"
source = {{url = "{url}"}}
wheels = [{{url = "{url}", hash = "sha256:{digest}"}}]
"""
POETRY_URL = """
[[package]]
name = "a"
version = "1"
optional = false
files = [{{hash = "sha256:{digest}"}}]
[package.source]
type = "url"
url = "{url}"
"""
PYLOCK_URL = """
[[packages]]
name = "a"
archive = {{url = "{url}", hashes = {{sha256 = "{digest}"}}}}
"""
PIPFILE_URL = '{{"default": {{"a": {{"file": "{url}", "hashes": ["sha256:{digest}"]}}}}}}'


@pytest.mark.parametrize(
    ("name", "text"),
    [("uv.lock", UV_URL), ("poetry.lock", POETRY_URL), ("pylock.toml", PYLOCK_URL), ("Pipfile.lock", PIPFILE_URL)],
)
def test_archives_at_an_address_of_their_own(name: str, text: str, tmp_path: Path) -> None:
    url = "https://x/a-1-py3-none-any.whl"
    (found,) = read(tmp_path, name, text.format(url=url, digest=ONE)).located

    assert (found.name, found.url, found.digests) == ("a", url, {ONE})


def test_an_empty_lock(tmp_path: Path) -> None:
    for name, text in (("uv.lock", ""), ("poetry.lock", "package = 3\n"), ("Pipfile.lock", "{}")):
        assert read(tmp_path, name, text) == Wishes(is_complete=True)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("uv.lock", "x = [\n", "uv.lock"),
        ("Pipfile.lock", "{", "Pipfile.lock"),
        ("Pipfile.lock", "[]", "holds no table"),
        ("Pipfile.lock", "[" * 100_000, "Pipfile.lock"),
        ("poetry.lock", '[[package]]\nname = "a"\nversion = "x y"\n', "'x y' is no version"),
        ("poetry.lock", '[[package]]\nname = "a"\nversion = "1"\nfiles = [{hash = "md5:1"}]\n', "no sha256"),
    ],
)
def test_a_lock_that_cannot_be_understood(name: str, text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match=says):
        read(tmp_path, name, text)


def test_kinds() -> None:
    names = ("uv.lock", "pylock.toml", "pylock.ci.toml", "Pipfile.lock", "requirements.lock", "pyproject.toml")

    kinds = ["uv.lock", "pylock.toml", "pylock.toml", "Pipfile.lock", "", ""]
    assert [lock_kind(Path("x", name)) for name in names] == kinds
