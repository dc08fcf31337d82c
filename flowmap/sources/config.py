"""Where packages come from: the settings of the user's pip and uv, and those given on the command line.

What counts, in order: our own options, pip's environment variables, its files (PIP_CONFIG_FILE, site, user, global),
uv's environment variables, its files (user, system). Settings of the folder one happens to stand in are not read.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from flowmap.errors import ConfigurationError

DEFAULT_TIMEOUT_SECONDS = 15.0

_PIP_SECTIONS = ("global", "install")
_FALSE = frozenset({"", "0", "false", "no", "off", "n", "f"})


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Which indexes are asked and how. `index_url` None is the public index."""

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float = DEFAULT_TIMEOUT_SECONDS
    # Of our own: never touch the network; let ranges mean pre-releases too.
    offline: bool = False
    prereleases: bool = False

    @property
    def key(self) -> str:
        """What tells this set of indexes from others, in file names of the cache."""
        places = (self.index_url or "", str(self.no_index), *self.extra_index_urls, "", *self.find_links)
        return hashlib.sha256("\n".join(places).encode()).hexdigest()[:12]


def read_index_settings(
    index_url: str | None = None,
    *,
    offline: bool = False,
    prereleases: bool = False,
    environ: Mapping[str, str] | None = None,
) -> IndexSettings:
    """The settings that apply to this user; `index_url` is our own option. Raises ConfigurationError."""
    environ = os.environ if environ is None else environ
    pip = _pip(environ)
    uv = _uv(environ)
    no_index = index_url is None and pip.get("no-index", "").strip().lower() not in _FALSE
    extra = [*_words(pip.get("extra-index-url")), *uv.extra]
    links = [*_words(pip.get("find-links")), *uv.find_links]
    return IndexSettings(
        index_url=index_url or _one(pip.get("index-url")) or uv.index_url,
        extra_index_urls=tuple(dict.fromkeys(extra)) if not no_index else (),
        find_links=tuple(
            dict.fromkeys(str(Path(link).expanduser()) if link.startswith("~") else link for link in links)
        ),
        no_index=no_index,
        trusted_hosts=tuple(dict.fromkeys([*_words(pip.get("trusted-host")), *uv.trusted])),
        cert=_one(pip.get("cert")),
        client_cert=_one(pip.get("client-cert")),
        proxy=_one(pip.get("proxy")),
        timeout=_seconds(pip.get("timeout") or pip.get("default-timeout")),
        offline=offline or uv.offline,
        prereleases=prereleases,
    )


def _pip(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options by name, from its files and then its environment variables, later ones over earlier ones."""
    options: dict[str, str] = {}
    for path in _pip_files(environ):
        if not path.is_file():
            continue
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error) as error:
            raise ConfigurationError(str(path), str(error).splitlines()[0]) from error
        for section in _PIP_SECTIONS:
            if parser.has_section(section):
                options.update((name.replace("_", "-"), value) for name, value in parser.items(section) if value)
    for name in sorted(environ):
        if name.startswith("PIP_") and environ[name]:
            options[name.removeprefix("PIP_").lower().replace("_", "-")] = environ[name]
    return options


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    own = environ.get("PIP_CONFIG_FILE")
    # pip's way of saying that no file is to be read.
    if own == os.devnull:
        return
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    if sys.platform not in {"win32", "darwin"}:
        for folder in reversed((environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)):
            yield Path(folder, "pip", name)
        yield Path("/etc") / name
    else:
        yield platformdirs.site_config_path("pip", appauthor=False) / name
    home = environ.get("HOME")
    if home:
        yield Path(home, "pip" if sys.platform == "win32" else ".pip", name)
    config = environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else None)
    if sys.platform in {"win32", "darwin"} or config is None:
        yield platformdirs.user_config_path("pip", appauthor=False, roaming=True) / name
    else:
        yield Path(config, "pip", name)
    yield Path(sys.prefix, name)
    if own:
        yield Path(own).expanduser()


@dataclass(frozen=True, slots=True)
class _UvSettings:
    index_url: str | None
    extra: tuple[str, ...]
    find_links: tuple[str, ...]
    trusted: tuple[str, ...]
    offline: bool


def _uv(environ: Mapping[str, str]) -> _UvSettings:
    table = _uv_table(environ)
    named = _tables(table.get("index"))
    default = next((str(index["url"]) for index in named if index.get("default") and "url" in index), None)
    others = [str(index["url"]) for index in named if not index.get("default") and "url" in index]
    variables = [
        *map(_without_name, _words(environ.get("UV_INDEX"))),
        *_words(environ.get("UV_EXTRA_INDEX_URL")),
    ]
    first = _one(environ.get("UV_DEFAULT_INDEX")) or _one(environ.get("UV_INDEX_URL"))
    return _UvSettings(
        _without_name(first) if first else default or _one(str(table.get("index-url") or "")),
        tuple(variables or [*others, *_strings(table.get("extra-index-url"))]),
        tuple(_commas(environ.get("UV_FIND_LINKS")) or _strings(table.get("find-links"))),
        tuple(_words(environ.get("UV_INSECURE_HOST")) or _strings(table.get("allow-insecure-host"))),
        environ.get("UV_OFFLINE", "").lower() not in _FALSE or table.get("offline") is True,
    )


def _uv_table(environ: Mapping[str, str]) -> dict[str, object]:
    """The settings of the first of uv's files that exists, `[pip]` below the top level."""
    if environ.get("UV_NO_CONFIG", "").lower() not in _FALSE:
        return {}
    for path in _uv_files(environ):
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(str(path), str(error).splitlines()[0]) from error
        below = table.get("pip")
        return {**(below if isinstance(below, dict) else {}), **table}
    return {}


def _uv_files(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("UV_CONFIG_FILE"):
        yield Path(environ["UV_CONFIG_FILE"]).expanduser()
        return
    config = environ.get("XDG_CONFIG_HOME") or (f"{environ['HOME']}/.config" if environ.get("HOME") else None)
    if sys.platform == "win32":
        yield platformdirs.user_config_path("uv", appauthor=False, roaming=True) / "uv.toml"
    elif config is not None:
        yield Path(config, "uv", "uv.toml")
    for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder, "uv", "uv.toml")
    yield Path("/etc/uv/uv.toml")


def _words(value: str | None) -> list[str]:
    return (value or "").split()


def _commas(value: str | None) -> list[str]:
    return [word for word in re.split(r"[,\s]+", value or "") if word]


def _one(value: str | None) -> str | None:
    words = _words(value)
    return words[0] if words else None


def _without_name(index: str) -> str:
    """uv writes an index as `name=url` or as `url`."""
    name, equals, url = index.partition("=")
    return url if equals and "/" not in name else index


def _seconds(value: str | None) -> float:
    try:
        return float(value) if value else DEFAULT_TIMEOUT_SECONDS
    except ValueError:
        return DEFAULT_TIMEOUT_SECONDS


def _strings(value: object) -> list[str]:
    return (
        [item for item in value if isinstance(item, str)]
        if isinstance(value, Sequence) and not isinstance(value, str)
        else []
    )


def _tables(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, Iterable) else []
