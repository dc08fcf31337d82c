from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from flowmap.errors import (
    CacheError,
    DownloadError,
    HostileArchiveError,
    NoNetworkError,
    UnknownPackageError,
    UnknownVersionError,
    WrongDigestError,
)
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.distribution import Distribution
from flowmap.sources.fetch import resolve
from tests.unit.sources.archives import FileIndex, sdist, special, tar, wheel


def publish(index: FileIndex, *versions: str, attributes: str = "") -> None:
    for version in versions:
        index.publish("tower", wheel(index.files, "Tower", version), attributes=attributes)


def test_a_pinned_release_is_found_verified_and_read(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    archive = wheel(
        index.files, "Tower", "5.2.19", {"tower/__init__.py": "x = 1\n", "tower/t.py-tpl": "t", "tower/p.png": ""}
    )
    index.publish("tower", archive)

    found = resolve("tower==5.2.19", settings=settings, cache=cache)

    assert (found.name, found.version, found.packages) == ("Tower", "5.2.19", ("tower",))
    assert found.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert list(found.files.paths()) == ["tower/__init__.py", "tower/t.py-tpl"]
    assert found.files.read("tower/__init__.py") == b"x = 1\n"


@pytest.mark.parametrize(
    ("target", "version"),
    [
        ("tower", "10.0"),
        ("tower~=4.2", "4.10"),
        ("Tower<4.10", "4.2.1"),
        ("tower==4.2.*", "4.2.1"),
        ("tower==4.10.0", "4.10"),
        ("tower==11.0rc1", "11.0rc1"),
        ("tower>=11.0a1", "11.0rc1"),
    ],
)
def test_the_newest_final_release_that_is_allowed(
    index: FileIndex, settings: IndexSettings, cache: Cache, target: str, version: str
) -> None:
    publish(index, "4.2", "4.2.1", "4.10", "10.0", "11.0rc1")

    assert resolve(target, settings=settings, cache=cache).version == version


def test_prereleases_only_when_asked_for(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "1.0rc1")

    with pytest.raises(UnknownVersionError, match="only pre-releases"):
        resolve("tower", settings=settings, cache=cache)
    assert resolve("tower", settings=replace(settings, prereleases=True), cache=cache).version == "1.0rc1"


@pytest.mark.parametrize("attributes", ['data-yanked=""', "data-yanked", 'data-yanked="broken"'])
def test_a_yanked_release_only_when_pinned(
    index: FileIndex, settings: IndexSettings, cache: Cache, attributes: str
) -> None:
    publish(index, "1.0")
    publish(index, "1.1", attributes=attributes)

    assert resolve("tower", settings=settings, cache=cache).version == "1.0"
    assert resolve("tower==1.1", settings=settings, cache=cache).version == "1.1"
    with pytest.raises(UnknownVersionError, match="withdrawn"):
        resolve("tower==1.1.*", settings=settings, cache=cache)


def test_flowmaps_own_python_limits_no_release(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "1.0")
    publish(index, "2.0", attributes='data-requires-python="&gt;=3.99"')

    assert resolve("tower", settings=settings, cache=cache).version == "2.0"


def test_an_sdist_is_read_and_never_run(
    index: FileIndex, settings: IndexSettings, cache: Cache, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    trap = f"open({str(mark)!r}, 'w')\n"
    files = {"setup.py": trap, "tower/__init__.py": trap, "tests/__init__.py": trap, "docs/conf.py": trap}
    index.publish("tower", sdist(index.files, "Tower", "1.1.3", files))

    found = resolve("tower==1.1.3", settings=settings, cache=cache)

    assert list(found.files.paths()) == ["tower/__init__.py"]
    assert not mark.exists()


def test_a_pure_wheel_is_preferred(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    for tag in ("cp311-cp311-win_amd64", "py3-none-any", "cp311-cp311-manylinux_2_17_x86_64"):
        files = {"tower/__init__.py": f"# {tag}\n"}
        index.publish("tower", wheel(index.files, "Tower", "1.0", files, tag=tag))
    index.publish("tower", sdist(index.files, "tower", "1.0", {"tower/__init__.py": "# sdist\n"}))

    found = resolve("tower==1.0", settings=settings, cache=cache)

    assert found.files.read("tower/__init__.py") == b"# py3-none-any\n"


def test_a_second_run_of_a_pinned_release_needs_no_index(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "1.0")
    first = resolve("tower==1.0", settings=settings, cache=cache)
    index.withdraw()

    second = resolve("tower==1.0.0", settings=replace(settings, offline=True), cache=cache)

    assert second == first
    assert second.files.read("tower/__init__.py") == first.files.read("tower/__init__.py")


def test_a_second_run_imports_no_http_client(index: FileIndex, cache: Cache) -> None:
    publish(index, "1.0")
    code = (
        "import sys; from pathlib import Path; from flowmap.sources.fetch import resolve;"
        "from flowmap.sources.cache import Cache; from flowmap.sources.config import IndexSettings;"
        "resolve('tower==1.0', settings=IndexSettings(index_url=sys.argv[1]), cache=Cache(Path(sys.argv[2])));"
        "print('unearth' in sys.modules, 'httpx2' in sys.modules)"
    )
    command = [sys.executable, "-c", code, index.url, str(cache.folder.parent)]

    outputs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(2)]

    assert outputs == [["True", "True"], ["False", "False"]]


@pytest.mark.parametrize("target", ["tower", "tower~=1.0", "tower<3", "tower==2.0"])
def test_offline_names_what_is_cached(index: FileIndex, settings: IndexSettings, cache: Cache, target: str) -> None:
    publish(index, "1.2", "1.10")
    for version in ("1.2", "1.10"):
        resolve(f"tower=={version}", settings=settings, cache=cache)

    with pytest.raises(NoNetworkError) as raised:
        resolve(target, settings=replace(settings, offline=True), cache=cache)
    assert "Tower==1.2, Tower==1.10" in raised.value.hint


def test_no_network(cache: Cache) -> None:
    dead = IndexSettings(index_url="http://127.0.0.1:9/simple/", timeout=5)

    with pytest.raises(NoNetworkError) as raised:
        resolve("tower==1.0", settings=dead, cache=cache)
    assert "127.0.0.1:9" in raised.value.message
    assert raised.value.hint


def test_a_pinned_release_from_another_index_serves_when_this_one_is_silent(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "1.0")
    first = resolve("tower==1.0", settings=settings, cache=cache)

    dead = IndexSettings(index_url="http://127.0.0.1:9/simple/", timeout=5)

    assert resolve("tower==1.0", settings=dead, cache=cache) == first


def test_another_index_may_have_another_archive(
    index: FileIndex, settings: IndexSettings, cache: Cache, tmp_path: Path
) -> None:
    publish(index, "1.0")
    resolve("tower==1.0", settings=settings, cache=cache)
    mirror = FileIndex(tmp_path / "mirror")
    mirror.publish("tower", wheel(mirror.files, "Tower", "1.0", {"tower/__init__.py": "patched\n"}))

    found = resolve("tower==1.0", settings=IndexSettings(index_url=mirror.url), cache=cache)

    assert found.files.read("tower/__init__.py") == b"patched\n"


def test_an_unknown_package(settings: IndexSettings, cache: Cache, index: FileIndex) -> None:
    publish(index, "1.0")

    with pytest.raises(UnknownPackageError) as raised:
        resolve("towr", settings=settings, cache=cache)
    assert "'towr'" in raised.value.message
    assert index.url in raised.value.message


def test_an_unknown_version_names_its_neighbours(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "1.0", "4.1", "4.2", "4.2.1", "5.0", "5.1", "5.2", "6.0")

    with pytest.raises(UnknownVersionError) as raised:
        resolve("tower==4.2.7", settings=settings, cache=cache)
    assert raised.value.hint.endswith("4.1, 4.2, 4.2.1, 5.0, 5.1, 5.2, 6.0")


def test_a_wrong_digest_leaves_nothing(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    index.publish("tower", wheel(index.files, "Tower", "1.0"), digest="0" * 64)

    with pytest.raises(WrongDigestError, match="0000"):
        resolve("tower==1.0", settings=settings, cache=cache)
    assert files_in(cache) == []


def test_a_hostile_archive_leaves_nothing(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    bad = tar(index.files / "tower-1.0.tar.gz", {"tower-1.0/tower/__init__.py": "", "x": special("/dev/x", b"3")})
    index.publish("tower", bad)

    with pytest.raises(HostileArchiveError):
        resolve("tower==1.0", settings=settings, cache=cache)
    assert files_in(cache) == []


def test_an_archive_of_another_package_is_refused(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    other = wheel(index.files, "Other", "1.0")
    index.publish("tower", other.rename(other.with_name("tower-1.0-py3-none-any.whl")))

    with pytest.raises(HostileArchiveError, match="Other"):
        resolve("tower==1.0", settings=settings, cache=cache)


def test_a_listed_file_that_is_not_there(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    archive = wheel(index.files, "Tower", "1.0")
    index.publish("tower", archive)
    archive.unlink()

    with pytest.raises(DownloadError):
        resolve("tower==1.0", settings=settings, cache=cache)


def test_a_damaged_pack_is_fetched_again(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "1.0")
    resolve("tower==1.0", settings=settings, cache=cache)
    (pack,) = cache.folder.glob("packs/*/*.pack")
    pack.write_bytes(pack.read_bytes()[:-3])

    assert resolve("tower==1.0", settings=settings, cache=cache).files.read("tower/__init__.py")


def test_find_links_and_extra_indexes(index: FileIndex, cache: Cache, tmp_path: Path) -> None:
    publish(index, "1.0")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "Tower", "2.0")
    missing = (str(tmp_path / "nothing"), (tmp_path / "nothing").as_uri())
    links = IndexSettings(index_url=index.url, find_links=(*missing, str(wheels)), extra_index_urls=missing[1:])

    assert resolve("tower", settings=links, cache=cache).version == "2.0"
    assert resolve("tower<2", settings=links, cache=cache).version == "1.0"
    with pytest.raises(UnknownPackageError):
        resolve("other", settings=replace(links, no_index=True), cache=cache)


def test_runs_at_once_do_not_hurt_each_other(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "1.0")
    barrier = threading.Barrier(6)

    def run(_number: int) -> Distribution:
        barrier.wait()
        return resolve("tower==1.0", settings=settings, cache=Cache(cache.folder.parent))

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(run, range(6)))

    assert len(found) == 1
    assert next(iter(found)).files.read("tower/__init__.py") == b"version = '1.0'\n"
    assert len([path for path in files_in(cache) if path.suffix == ".pack"]) == 1
    assert list((cache.folder / "work").iterdir()) == []


def test_a_cache_that_cannot_be_written(index: FileIndex, settings: IndexSettings, tmp_path: Path) -> None:
    publish(index, "1.0")
    (tmp_path / "file").write_text("")

    with pytest.raises(CacheError, match="file"):
        resolve("tower==1.0", settings=settings, cache=Cache(tmp_path / "file"))


@pytest.mark.skipif(os.name != "posix", reason="the limit on a file's size is POSIX's")
def test_a_full_disk_leaves_nothing(index: FileIndex, cache: Cache) -> None:
    noise = hashlib.sha512(b"seed").hexdigest() * 200
    index.publish("tower", wheel(index.files, "Tower", "1.0", {"tower/__init__.py": f"x = '{noise}'\n"}))
    code = (
        "import resource, sys; from pathlib import Path; from flowmap.errors import CacheError;"
        "from flowmap.sources.fetch import resolve; from flowmap.sources.cache import Cache;"
        "from flowmap.sources.config import IndexSettings; import flowmap.sources.index;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: resolve('tower==1.0', settings=IndexSettings(index_url=sys.argv[1]), cache=Cache(Path(sys.argv[2])))\n"
        "except CacheError as error: print(error.message)\n"
    )
    command = [sys.executable, "-B", "-c", code, index.url, str(cache.folder.parent)]

    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert "cannot use the cache" in printed
    assert files_in(cache) == []


def files_in(cache: Cache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())
