from __future__ import annotations

import hashlib
import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flowmap.errors import (
    DownloadError,
    FlowmapError,
    NoNetworkError,
    UnknownPackageError,
    UntrustedIndexError,
    WrongDigestError,
)
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.fetch import resolve
from tests.unit.sources.archives import FileIndex, wheel


class _Failing(BaseHTTPRequestHandler):
    """An index that answers every request with one status."""

    status = 503

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def serve(handler: object) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]  # a partial of a handler class
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("status", "error"), [(503, NoNetworkError), (401, NoNetworkError), (404, UnknownPackageError)]
)
def test_an_index_that_fails_is_not_an_empty_one(cache: Cache, status: int, error: type[FlowmapError]) -> None:
    server = serve(type("Handler", (_Failing,), {"status": status}))
    try:
        url = f"http://user:secret@127.0.0.1:{server.server_port}/simple/"
        with pytest.raises(error) as raised:
            resolve("tower", settings=IndexSettings(index_url=url), cache=cache)
        assert "secret" not in raised.value.message + raised.value.hint
    finally:
        server.shutdown()


def test_a_release_is_downloaded_over_http(index: FileIndex, cache: Cache) -> None:
    index.publish("tower", wheel(index.files, "Tower", "1.0"))
    server = serve(partial(_Quiet, directory=str(index.folder)))
    try:
        settings = IndexSettings(index_url=f"http://127.0.0.1:{server.server_port}/simple/")
        assert resolve("tower==1.0", settings=settings, cache=cache).version == "1.0"
        wheel(index.files, "Tower", "2.0")
        index.publish("tower", index.files / "tower-2.0-py3-none-any.whl", digest="1" * 64)
        with pytest.raises(WrongDigestError):
            resolve("tower==2.0", settings=settings, cache=cache)
        (index.files / "tower-2.0-py3-none-any.whl").unlink()
        with pytest.raises(DownloadError):
            resolve("tower==2.0", settings=settings, cache=cache)
    finally:
        server.shutdown()
    assert list((cache.folder / "work").iterdir()) == []


def test_plain_http_is_not_trusted(cache: Cache) -> None:
    with pytest.raises(UntrustedIndexError, match="example"):
        resolve("tower", settings=IndexSettings(index_url="http://packages.example/simple/"), cache=cache)


class _Json(BaseHTTPRequestHandler):
    """A JSON index (PEP 691) of one package."""

    files: Path

    def do_GET(self) -> None:
        if self.path == "/simple/tower/":
            kind = "application/vnd.pypi.simple.v1+json"
            listed = [
                {
                    "filename": path.name,
                    "url": f"/files/{path.name}",
                    "hashes": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
                    "yanked": "-2.0-" in path.name,
                }
                for path in sorted(self.files.iterdir())
            ]
            body = json.dumps({"meta": {"api-version": "1.1"}, "name": "tower", "files": listed}).encode()
        else:
            kind, body = "application/octet-stream", (self.files / Path(self.path).name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_json_index(cache: Cache, tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        wheel(tmp_path, "Tower", version)
    files = tmp_path / "files"
    files.mkdir()
    for path in tmp_path.glob("*.whl"):
        path.rename(files / path.name)
    server = serve(type("Handler", (_Json,), {"files": files}))
    try:
        settings = IndexSettings(index_url=f"http://127.0.0.1:{server.server_port}/simple/")
        assert resolve("tower", settings=settings, cache=cache).version == "1.0"
        assert resolve("tower==2.0", settings=settings, cache=cache).version == "2.0"
    finally:
        server.shutdown()
