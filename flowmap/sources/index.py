"""What package indexes offer, and downloading one file of it. The only module that goes to the network.

Importing this module imports an HTTP client, which costs more than a whole run from the cache: import it inside the
function that needs the network.
"""

from __future__ import annotations

import hashlib
import logging
import re
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit, urlunsplit

import httpx2
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version
from unearth import Link, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.collector import is_secure_origin
from unearth.errors import HashMismatchError, UnpackError
from unearth.evaluator import Package
from unearth.fetchers import Fetcher
from unearth.fetchers.sync import PyPIClient
from unearth.preparer import download_link

from flowmap.errors import DownloadError, HostileArchiveError, UntrustedIndexError, WrongDigestError
from flowmap.sources.archive import MAX_ARCHIVE_BYTES
from flowmap.sources.config import IndexSettings
from flowmap.sources.offer import Candidate, Listing

CONNECT_SECONDS = 15.0

# unearth says through logging what we say in errors of our own.
logging.getLogger("unearth").addHandler(logging.NullHandler())

_VALUELESS_YANKED = re.compile(rb"\bdata-yanked(?=[\s/>])(?!\s*=)")
_REFUSALS = frozenset({401, 403, 407, 429})


class Index:
    """The indexes of some settings, asked through one connection pool. A context manager."""

    def __init__(self, settings: IndexSettings) -> None:
        self._client = _client(settings)
        # unearth's own client does not fit the letter of its own protocol: its URLs have a type of their own.
        self._fetcher = cast("Fetcher", self._client)
        self._sources = tuple(_sources(settings, self._fetcher))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def list(self, name: str) -> Listing:
        """What all indexes offer of a package. Raises UntrustedIndexError."""
        candidates: list[Candidate] = []
        searched, unreachable = [], []
        for order, finder in enumerate(self._sources):
            url = finder.sources[0]["url"]
            shown = redacted(url)
            searched.append(shown)
            self._client.refusals.clear()
            _check_trusted(url, self._fetcher)
            try:
                packages = list(finder.find_all_packages(name, allow_yanked=True))
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError, ValueError) as error:
                unreachable.append(f"{shown} cannot be reached ({_reason(error)})")
                continue
            candidates += [_candidate(package, order) for package in packages if _is_allowed(package, shown)]
            unreachable += [f"{shown} answers {status}" for status in self._client.refusals]
        return Listing(tuple(candidates), tuple(searched), tuple(unreachable))

    def download(self, candidate: Candidate, folder: Path) -> Path:
        """The file, its digests checked. Raises WrongDigestError, DownloadError, HostileArchiveError."""

        def report(link: Link, completed: int, total: int | None) -> None:  # noqa: ARG001  # unearth calls it so
            if max(completed, total or 0) > MAX_ARCHIVE_BYTES:
                raise HostileArchiveError(candidate.file, f"it is larger than {MAX_ARCHIVE_BYTES:,} bytes")

        hashes = {name: [value] for name, value in candidate.digests.items() if name in hashlib.algorithms_available}
        try:
            return download_link(self._fetcher, Link(candidate.url), folder, hashes or None, download_reporter=report)
        except HashMismatchError as error:
            algorithm = next(iter(error.expected))
            expected, actual = error.expected[algorithm][0], error.actual[algorithm]
            raise WrongDigestError(candidate.file, f"{algorithm} {expected}", actual) from error
        except (UnpackError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise DownloadError(candidate.file, _reason(error)) from error
        except FileNotFoundError as error:
            raise DownloadError(candidate.file, "the index lists it and it is not there") from error


class _Client(PyPIClient):
    """unearth's client, which also notes refusals: unearth takes them for an empty index."""

    refusals: list[int]

    def get(self, url: str, **options: object) -> httpx2.Response:  # type: ignore[override]  # as unearth's Fetcher asks
        response = super().get(url, **options)  # type: ignore[arg-type]  # passed on as they came
        if response.status_code >= 500 or response.status_code in _REFUSALS:
            self.refusals.append(response.status_code)
        elif b"data-yanked" in response.content:
            # PEP 592 lets the attribute stand without a value, which unearth reads as absent.
            response._content = _VALUELESS_YANKED.sub(b'data-yanked=""', response.content)  # noqa: SLF001  # no other way in
        return response


def _client(settings: IndexSettings) -> _Client:
    verify: ssl.SSLContext | bool = True
    if settings.cert or settings.client_cert:
        verify = ssl.create_default_context(cafile=settings.cert)
        if settings.client_cert:
            verify.load_cert_chain(settings.client_cert)
    client = _Client(
        trusted_hosts=settings.trusted_hosts,
        verify=verify,
        proxy=settings.proxy,
        follow_redirects=True,
        timeout=httpx2.Timeout(settings.timeout, connect=min(settings.timeout, CONNECT_SECONDS)),
        # Nobody is there to answer a question for a password.
        auth=MultiDomainBasicAuth(
            prompting=False, index_urls=[url for url in (settings.index_url, *settings.extra_index_urls) if url]
        ),
    )
    client.refusals = []
    return client


def _sources(settings: IndexSettings, session: Fetcher) -> Iterator[PackageFinder]:
    """A finder for each place, so that one that is silent does not hide what the others have."""
    finder = partial(PackageFinder, session, ignore_compatibility=True, trusted_hosts=settings.trusted_hosts)
    if not settings.no_index:
        # Without any, unearth asks the public index.
        yield finder(index_urls=[settings.index_url] if settings.index_url else [])
        for url in settings.extra_index_urls:
            yield finder(index_urls=[url])
    for link in settings.find_links:
        # pip's settings often name a folder that is there on some machines only.
        if "://" in link or Path(link).exists():
            yield finder(find_links=[link])


def _check_trusted(url: str, session: Fetcher) -> None:
    """unearth passes over such an index without a word."""
    if urlsplit(url).scheme in {"http", "https"} and not is_secure_origin(session, Link(url)):
        raise UntrustedIndexError(redacted(url))


def _is_allowed(package: Package, source: str) -> bool:
    """A remote index has no business to point at files of this machine."""
    link = package.link
    return (
        package.version is not None
        and not link.is_vcs
        and (not link.is_file or "://" not in source or source.startswith("file:"))
    )


def _candidate(package: Package, order: int) -> Candidate:
    link = package.link
    digests = {name: values[0] for name, values in (link.hash_option or {}).items()}
    return Candidate(
        Version(package.version or "0"),
        link.filename,
        link.url,
        _file_rank(link.filename),
        link.requires_python or "",
        link.is_yanked,
        digests,
        order,
    )


def _file_rank(file: str) -> int:
    """Pure wheels for Python 3 are read best; of platform wheels one for Linux, as that is the platform assumed."""
    if not file.endswith(".whl"):
        return 2
    try:
        tags = parse_wheel_filename(file)[3]
    except InvalidWheelFilename:
        return 5
    if any(tag.platform == "any" for tag in tags):
        return 0 if any(tag.interpreter.startswith("py3") for tag in tags) else 1
    return 3 if any("linux" in tag.platform for tag in tags) else 4


def redacted(url: str) -> str:
    """A URL without the user and password in it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)) if host != parts.netloc else url


def _reason(error: BaseException) -> str:
    # The text of an HTTP error may hold the URL, and with it a password.
    text = re.sub(r"//[^/@\s]*@", "//", str(error)).splitlines()
    return re.sub(r"^\[Errno -?\d+\] ", "", text[0]) if text else type(error).__name__
