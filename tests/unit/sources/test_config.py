from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowmap.errors import ConfigurationError
from flowmap.sources.config import IndexSettings, read_index_settings


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A home of its own, and no file of the machine's."""
    monkeypatch.setattr("sys.prefix", str(tmp_path / "prefix"))
    (tmp_path / "empty.conf").write_text("")
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "system"),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_any_configuration(environ: dict[str, str]) -> None:
    assert read_index_settings(environ=environ) == IndexSettings()


def test_pips_environment_variables(environ: dict[str, str]) -> None:
    environ |= {
        "PIP_INDEX_URL": "https://a.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://b.example/simple https://c.example/simple",
        "PIP_FIND_LINKS": "~/wheels /opt/wheels",
        "PIP_CERT": "/c.pem",
        "PIP_CLIENT_CERT": "/k.pem",
        "PIP_TRUSTED_HOST": "b.example c.example:8080",
        "PIP_PROXY": "http://proxy.example:3128",
        "PIP_DEFAULT_TIMEOUT": "180",
    }

    found = read_index_settings(environ=environ)

    assert found.index_url == "https://a.example/simple"
    assert found.extra_index_urls == ("https://b.example/simple", "https://c.example/simple")
    assert found.find_links == (str(Path("~/wheels").expanduser()), "/opt/wheels")
    assert (found.cert, found.client_cert) == ("/c.pem", "/k.pem")
    assert found.trusted_hosts == ("b.example", "c.example:8080")
    assert (found.proxy, found.timeout) == ("http://proxy.example:3128", 180.0)


@pytest.mark.skipif(os.name != "posix", reason="the places of the files are POSIX's")
def test_pips_files_in_their_order(environ: dict[str, str], tmp_path: Path) -> None:
    environ["PIP_CONFIG_FILE"] = ""
    write(
        tmp_path / "system/pip/pip.conf", "[global]\nindex-url = https://system.example\ntimeout = 7\ncert = /s.pem\n"
    )
    write(tmp_path / ".pip/pip.conf", "[global]\nindex_url = https://old.example\ncert = /o.pem\n")
    write(
        tmp_path / ".config/pip/pip.conf",
        "[global]\nindex-url = https://user.example\n[install]\nfind-links =\n  /a\n  /b\n",
    )
    found = read_index_settings(environ=environ)
    assert (found.index_url, found.cert, found.timeout) == ("https://user.example", "/o.pem", 7.0)
    assert found.find_links == ("/a", "/b")

    write(
        tmp_path / "prefix/pip.conf",
        "[install]\nindex-url = https://site.example\n[other]\nindex-url = https://x.example\n",
    )
    assert read_index_settings(environ=environ).index_url == "https://site.example"

    write(tmp_path / "own.conf", "[global]\nindex-url = https://own.example\n")
    environ["PIP_CONFIG_FILE"] = str(tmp_path / "own.conf")
    assert read_index_settings(environ=environ).index_url == "https://own.example"

    environ["PIP_INDEX_URL"] = "https://variable.example"
    assert read_index_settings(environ=environ).index_url == "https://variable.example"
    assert read_index_settings("https://option.example", environ=environ).index_url == "https://option.example"


def test_no_index(environ: dict[str, str]) -> None:
    environ |= {"PIP_NO_INDEX": "true", "PIP_EXTRA_INDEX_URL": "https://b.example", "PIP_FIND_LINKS": "/opt/wheels"}

    found = read_index_settings(environ=environ)

    assert (found.no_index, found.extra_index_urls, found.find_links) == (True, (), ("/opt/wheels",))
    assert read_index_settings("https://a.example", environ=environ).no_index is False


def test_uvs_settings_count_where_pip_has_none(environ: dict[str, str], tmp_path: Path) -> None:
    del environ["UV_NO_CONFIG"]
    text = """
    find-links = ["/opt/wheels"]
    allow-insecure-host = ["d.example"]
    [[index]]
    url = "https://extra.example/simple"
    [[index]]
    url = "https://main.example/simple"
    default = true
    [pip]
    extra-index-url = ["https://more.example/simple"]
    """
    write(tmp_path / ".config/uv/uv.toml", text)

    found = read_index_settings(environ=environ)

    assert found.index_url == "https://main.example/simple"
    assert found.extra_index_urls == ("https://extra.example/simple", "https://more.example/simple")
    assert (found.find_links, found.trusted_hosts) == (("/opt/wheels",), ("d.example",))
    environ |= {"UV_DEFAULT_INDEX": "own=https://variable.example", "UV_INDEX": "x=https://x.example https://y.example"}
    found = read_index_settings(environ=environ)
    assert found.index_url == "https://variable.example"
    assert found.extra_index_urls == ("https://x.example", "https://y.example")
    environ["PIP_INDEX_URL"] = "https://pip.example"
    assert read_index_settings(environ=environ).index_url == "https://pip.example"


def test_uv_may_be_offline(environ: dict[str, str]) -> None:
    assert read_index_settings(environ={**environ, "UV_OFFLINE": "1"}).offline is True
    assert read_index_settings(environ={**environ, "UV_OFFLINE": "0"}).offline is False


def test_a_file_that_cannot_be_understood(environ: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "own.conf", "index-url = https://own.example\n")
    with pytest.raises(ConfigurationError, match=r"own\.conf"):
        read_index_settings(environ={**environ, "PIP_CONFIG_FILE": str(tmp_path / "own.conf")})
    write(tmp_path / "uv.toml", "index-url = ")
    with pytest.raises(ConfigurationError, match=r"uv\.toml"):
        read_index_settings(environ={**environ, "UV_NO_CONFIG": "", "UV_CONFIG_FILE": str(tmp_path / "uv.toml")})


def test_the_key_tells_indexes_apart() -> None:
    one, other = IndexSettings(index_url="https://a.example"), IndexSettings(extra_index_urls=("https://a.example",))

    assert one.key != other.key
    assert one.key == IndexSettings(index_url="https://a.example", offline=True, timeout=1).key
